import { describe, expect, it } from 'vitest';
import { groupFields, groupKey, groupValue, isGroup } from './groups';
import type { FilterField } from './RecordFilterBar';

const field = (key: string, kind: FilterField['kind'], repeats?: boolean): FilterField => ({
  key,
  label: key,
  kind,
  ...(repeats ? { repeats } : {}),
});

describe('the fields that lists are grouped by', () => {
  it('are those that many records share', () => {
    const fields = [
      field('stage', 'choice'),
      field('name', 'text'),
      field('region', 'text', true),
      field('amount', 'number'),
      field('funnelMonth', 'funnel-month'),
      field('closedOn', 'day'),
      field('customerId', 'record'),
    ];
    expect(groupFields(fields).map(({ key }) => key)).toEqual(['stage', 'region', 'closedOn', 'customerId']);
  });
});

describe('a group in an address', () => {
  it('comes back as it was', () => {
    for (const [kind, value] of [
      ['choice', 'open'],
      ['choice', null],
      ['flag', false],
      ['flag', true],
      ['day', '2026-11'],
    ] as const)
      expect(groupValue(groupKey(value), kind)).toBe(value);
  });

  it('of days is a month', () => {
    expect(isGroup('2026-11', 'day')).toBe(true);
    expect(isGroup('', 'instant')).toBe(true);
    for (const text of ['2026-13', '2026', 'x" or name pr', '2026-11-01']) expect(isGroup(text, 'instant')).toBe(false);
    expect(isGroup('2026-13', 'choice')).toBe(true);
  });
});
