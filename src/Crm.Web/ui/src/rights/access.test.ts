import { describe, expect, it } from 'vitest';
import type { Access } from '../api/rights';
import { i18next } from '../i18n/i18n';
import { rightsOf } from './access';
import { reasonText } from './reasons';
import { nameOfRole } from './useRights';
import { shownVerbs } from './verbs';

const access: Access = {
  role: 'clerk',
  everything: false,
  slices: {
    leads: {
      verbs: ['read', 'create'],
      fields: { mobile: 'masked', note: 'hidden', custom: 'read', 'custom.vip': 'hidden', 'custom.seats': 'edit' },
    },
    opportunities: { verbs: ['create'], fields: { amount: 'read' } },
  },
};

describe('what a role may do', () => {
  const rights = rightsOf(access);

  it('is what the server named, and nothing on slices it did not name', () => {
    expect(rights.may('leads', 'read')).toBe(true);
    expect(rights.may('leads', 'amend')).toBe(false);
    expect(rights.may('customers', 'read')).toBe(false);
    expect(rightsOf({ ...access, everything: true }).may('customers', 'read')).toBe(true);
  });

  it('is nothing where a module is off, not even for whoever may everything', () => {
    const off: Access = {
      ...access,
      everything: true,
      slices: { ...access.slices, imports: { verbs: [], fields: {} } },
    };
    expect(rightsOf(off).may('imports', 'create')).toBe(false);
    expect(rightsOf(off).may('leads', 'amend')).toBe(true);
  });

  it('hides the fields that lead to a module that is off', () => {
    const without = rightsOf(access, (module) => module !== 'customers');
    expect(without.shows('opportunities', 'customerId')).toBe(false);
    expect(without.edits('opportunities', 'customerId')).toBe(false);
    expect(without.shows('opportunities', 'leadId')).toBe(true);
    expect(rightsOf(access).shows('opportunities', 'customerId')).toBe(true);
  });

  it('shows a masked field, but neither edits nor filters by it', () => {
    expect([rights.shows('leads', 'mobile'), rights.edits('leads', 'mobile'), rights.knows('leads', 'mobile')]).toEqual(
      [true, false, false],
    );
    expect(rights.shows('leads', 'note')).toBe(false);
    expect(rights.edits('leads', 'company')).toBe(true);
  });

  it('holds for all custom fields unless one is named', () => {
    expect(rights.field('leads', 'custom.size')).toBe('read');
    expect(rights.field('leads', 'custom.vip')).toBe('hidden');
    // as the server judges: the narrower of the two
    expect(rights.field('leads', 'custom.seats')).toBe('read');
  });

  it('makes nothing whose needed fields may not be filled in', () => {
    expect(rights.mayCreate('leads')).toBe(true);
    expect(rights.mayCreate('opportunities')).toBe(false);
  });
});

describe('words of rights', () => {
  const words = { name: 'Ada', owner: 'Bo', role: 'Sales', verb: 'See' };

  it('tell a known reason in both languages and an unknown one as the server does', async () => {
    const reason = { code: 'other-owner', holds: false, sentence: 'x' };
    await i18next.changeLanguage('en');
    expect(reasonText(reason, words)).toBe('Bo owns the record, not Ada.');
    await i18next.changeLanguage('zh-CN');
    expect(reasonText(reason, words)).toBe('记录归 Bo，不归 Ada。');
    expect(reasonText({ code: 'full-moon', holds: true, sentence: 'The moon is full.' }, words)).toBe(
      'The moon is full.',
    );
  });

  it('translate a shipped role until it is renamed', async () => {
    await i18next.changeLanguage('en');
    expect(nameOfRole({ key: 'sales', name: '销售' })).toBe('Sales');
    expect(nameOfRole({ key: 'sales', name: '大客户销售' })).toBe('大客户销售');
    expect(nameOfRole({ key: 'own-made', name: '质检' })).toBe('质检');
  });
});

describe('verbs that are offered', () => {
  it('leave out what only the server does, and keep what is not known here yet', () => {
    expect(shownVerbs(['withdraw', 'export', 'amend', 'read', 'juggle'], 'leads')).toEqual([
      'read',
      'amend',
      'juggle',
      'export',
    ]);
    expect(shownVerbs(['export', 'share', 'amend'], 'departments')).toEqual(['amend']);
  });
});
