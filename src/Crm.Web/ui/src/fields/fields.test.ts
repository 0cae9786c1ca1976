import { describe, expect, it } from 'vitest';
import type { CustomField } from '../api/types';
import { clashing } from '../records/useAmend';
import { filterOf, isReadable, isSafeLink, labelIn, optionsOf, quantityOf, relabelled } from './fields';

const field = (over: Partial<CustomField>): CustomField => ({
  key: 'level',
  type: 'choice',
  label: { zh: '级别', en: null },
  required: false,
  scale: null,
  options: [{ key: 'a', label: { zh: '甲', en: 'A' }, retired: false }],
  expression: null,
  result: null,
  retired: false,
  ...over,
});

describe('fields of the tenant', () => {
  it('are called in the reader’s language, or in the one there is', () => {
    expect(labelIn({ zh: '级别', en: 'Level' }, 'zh-CN')).toBe('级别');
    expect(labelIn({ zh: '级别', en: 'Level' }, 'en')).toBe('Level');
    expect(labelIn({ zh: '级别', en: null }, 'en')).toBe('级别');
  });

  it('are filtered by what they hold, formulas by what they result in', () => {
    expect(filterOf(field({}), (label) => label.zh ?? '')).toEqual({
      key: 'custom.level',
      label: '级别',
      kind: 'choice',
      options: [{ value: 'a', label: '甲' }],
    });
    expect(quantityOf(field({ type: 'formula', result: 'date' }))).toBe('date');
    expect(filterOf(field({ type: 'formula', result: 'date', options: [] }), () => 'x').kind).toBe('day');
  });

  it('lead only to addresses of the web and of mail', () => {
    expect(['https://example.com', 'http://a', 'mailto:a@b.cn'].every(isSafeLink)).toBe(true);
    expect(['javascript:alert(1)', 'data:text/html,x', '//a', 'https://a b'].some(isSafeLink)).toBe(false);
  });

  it('clash one by one', () => {
    const before = { custom: { a: '1', b: '1' } };
    expect(clashing({ custom: { a: '2' } }, before, { custom: { a: '1', b: '9' } })).toEqual([]);
    expect(clashing({ custom: { a: '2' } }, before, { custom: { a: '9', b: '1' } })).toEqual(['custom.a']);
  });

  it('have options of one or two languages, one a line', () => {
    expect(optionsOf(' 大客户 / Key account\n\n小客户\n24/7 / Round the clock ')).toEqual([
      { label: { zh: '大客户', en: 'Key account' } },
      { label: { zh: '小客户', en: null } },
      { label: { zh: '24/7', en: 'Round the clock' } },
    ]);
    expect(optionsOf(undefined)).toEqual([]);
  });

  it('keep the other language when one is typed anew, and are never left without a word', () => {
    const label = { zh: '甲', en: 'A' };
    expect(relabelled(label, 'en', ' Alpha ')).toEqual({ zh: '甲', en: 'Alpha' });
    expect(relabelled(label, 'zh', '')).toEqual({ zh: null, en: 'A' });
    expect(relabelled(label, 'zh', '甲')).toBeUndefined();
    expect(relabelled({ zh: '甲', en: null }, 'zh', ' ')).toBeUndefined();
  });

  it('take an amount only once it can be read', () => {
    const money = field({ type: 'money' });
    expect(isReadable(money, { amount: '5', currency: 'CNY' })).toBe(true);
    expect(isReadable(money, '5 apples')).toBe(false);
    expect(isReadable(money, null)).toBe(true);
    expect(isReadable(field({ type: 'text' }), '5 apples')).toBe(true);
  });
});
