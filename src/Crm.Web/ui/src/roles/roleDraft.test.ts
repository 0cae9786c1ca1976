import { describe, expect, it } from 'vitest';
import type { Grant, RoleDraft } from '../api/rights';
import { effectiveOf, freeKey, inherited, limit, meaningful, mostOf, saysTheSame, scopesOf, toggle } from './roleDraft';

const never = ['export'];

describe('granting', () => {
  it('adds and takes back single scopes', () => {
    let grants: Grant[] = [];
    grants = toggle(grants, 'leads', 'read', 'pool');
    grants = toggle(grants, 'leads', 'read', 'own');
    expect(grants).toEqual([{ slice: 'leads', verb: 'read', scopes: ['own', 'pool'] }]);
    grants = toggle(toggle(grants, 'leads', 'read', 'own'), 'leads', 'read', 'pool');
    expect(grants).toEqual([]);
  });

  it('lets all stand alone, and a narrower choice replace it', () => {
    const all = toggle([{ slice: 'leads', verb: '*', scopes: ['own', 'team'] }], 'leads', '*', 'all');
    expect(scopesOf(all, 'leads', '*')).toEqual(['all']);
    expect(scopesOf(toggle(all, 'leads', '*', 'own'), 'leads', '*')).toEqual(['own']);
  });

  it('merges what was granted in pieces', () => {
    const pieces: Grant[] = [
      { slice: 'leads', verb: 'read', scopes: ['own'] },
      { slice: 'leads', verb: 'read', scopes: ['pool'] },
    ];
    expect(scopesOf(pieces, 'leads', 'read')).toEqual(['own', 'pool']);
    expect(toggle(pieces, 'leads', 'read', 'own')).toEqual([{ slice: 'leads', verb: 'read', scopes: ['pool'] }]);
  });

  it('is passed on by wider rules, but never export', () => {
    const grants: Grant[] = [
      { slice: 'leads', verb: '*', scopes: ['own'] },
      { slice: '*', verb: '*', scopes: ['own', 'team'] },
    ];
    expect(inherited(grants, 'leads', 'read', never)).toEqual([
      { scope: 'own', slice: 'leads', verb: '*' },
      { scope: 'team', slice: '*', verb: '*' },
    ]);
    expect(inherited(grants, 'leads', 'export', never)).toEqual([]);
    expect(inherited(grants, '*', '*', never)).toEqual([]);
    expect(inherited([{ slice: '*', verb: 'export', scopes: ['all'] }], 'leads', 'export', never)).toHaveLength(1);
  });

  it('offers only the scopes that mean something', () => {
    const slice = { slice: 'x', readByAll: false, verbs: [], fields: [] };
    expect(meaningful({ ...slice, owned: false, regional: false })).toEqual(['all']);
    expect(meaningful({ ...slice, owned: true, regional: false })).not.toContain('region');
    expect(meaningful({ ...slice, owned: true, regional: true })).toContain('sub-pool');
  });
});

describe('a role', () => {
  const role: RoleDraft = {
    key: 'a',
    name: 'A',
    grants: [
      { slice: 'leads', verb: 'read', scopes: ['own', 'pool'] },
      { slice: 'customers', verb: 'read', scopes: ['all'] },
    ],
    fields: [{ slice: 'leads', field: 'mobile', right: 'masked' }],
  };

  it('says the same in another order, and not with another scope or limit', () => {
    const turned = {
      ...role,
      grants: [...role.grants].reverse().map((each) => ({ ...each, scopes: [...each.scopes].reverse() })),
    };
    expect(saysTheSame(role, turned)).toBe(true);
    expect(saysTheSame(role, { ...role, grants: toggle(role.grants, 'leads', 'read', 'pool') })).toBe(false);
    expect(saysTheSame(role, { ...role, fields: limit(role.fields, 'leads', 'mobile', 'edit') })).toBe(false);
  });

  it('keeps one limit for a field', () => {
    expect(limit(role.fields, 'leads', 'mobile', 'hidden')).toEqual([
      { slice: 'leads', field: 'mobile', right: 'hidden' },
    ]);
  });

  it('is copied under a key that is free', () => {
    expect(freeKey('sales', ['sales'])).toBe('sales-2');
    expect(freeKey('sales-2', ['sales', 'sales-2'])).toBe('sales-3');
  });
});

describe('the tenant’s own fields', () => {
  it('are no more than all of them are', () => {
    const all = limit(limit([], 'leads', 'custom', 'read'), 'leads', 'custom.budget', 'hidden');
    expect(mostOf(all, 'leads', 'custom.level')).toBe('read');
    expect(effectiveOf(all, 'leads', 'custom.level')).toBe('read');
    expect(effectiveOf(all, 'leads', 'custom.budget')).toBe('hidden');
    expect(effectiveOf(all, 'leads', 'mobile')).toBe('edit');
    expect(effectiveOf(all, 'customers', 'custom.level')).toBe('edit');
  });
});
