import { describe, expect, it } from 'vitest';
import { bothOf, type FieldKind, ofGroup, toScim } from './filter';

const kinds: Record<string, FieldKind> = {
  status: 'choice',
  name: 'text',
  amount: 'number',
  createdAt: 'instant',
  ownerId: 'person',
  overdue: 'flag',
  funnelMonth: 'funnel-month',
};
const now = Date.parse('2026-11-21T20:30:00Z'); // Already the 22nd in Shanghai.
const scim = (conditions: Parameters<typeof toScim>[0], any = false) =>
  toScim(conditions, any, (field) => kinds[field], 'Asia/Shanghai', now);

describe('toScim', () => {
  it('writes nothing when there is nothing to filter', () => {
    expect(scim([])).toBeUndefined();
    expect(scim([{ field: 'name', op: 'co', value: '' }])).toBeUndefined();
    expect(scim([{ field: 'gone', op: 'eq', value: 'x' }])).toBeUndefined();
  });

  it('quotes text as JSON does, so that no value can leave its quotes', () => {
    expect(scim([{ field: 'name', op: 'co', value: '腾讯" or name pr or name co "' }])).toBe(
      'name co "腾讯\\" or name pr or name co \\""',
    );
  });

  it('joins conditions by and, or by or', () => {
    const two = [
      { field: 'status', op: 'in', value: ['open'] },
      { field: 'amount', op: 'ge', value: 10000 },
    ] as const;
    expect(scim(two)).toBe('status eq "open" and amount ge 10000');
    expect(scim(two, true)).toBe('status eq "open" or amount ge 10000');
  });

  it('writes several choices in brackets', () => {
    expect(
      scim([
        { field: 'status', op: 'in', value: ['open', 'qualified'] },
        { field: 'ownerId', op: 'np' },
      ]),
    ).toBe('(status eq "open" or status eq "qualified") and not (ownerId pr)');
  });

  it('counts days in the time zone of the tenant', () => {
    expect(scim([{ field: 'createdAt', op: 'last', value: 7 }])).toBe('createdAt ge "2026-11-14T16:00:00.000Z"');
    expect(scim([{ field: 'createdAt', op: 'ge', value: '2026-11-01' }])).toBe(
      'createdAt ge "2026-10-31T16:00:00.000Z"',
    );
  });

  it('writes the month of a funnel as the funnel counts it', () => {
    expect(scim([{ field: 'funnelMonth', op: 'month', value: '2026-02' }])).toBe(
      '((status eq "open" and (not (expectedCloseOn pr) or (expectedCloseOn ge "2026-02-01" and expectedCloseOn le "2026-02-28")))' +
        ' or (status eq "won" and closedOn ge "2026-02-01" and closedOn le "2026-02-28"))',
    );
  });
});

describe('what a group has', () => {
  it('is its value, quoted as JSON does', () => {
    expect(ofGroup('region', 'text', 'a" or name pr', 'UTC')).toBe('region eq "a\\" or name pr"');
    expect(ofGroup('overdue', 'flag', false, 'UTC')).toBe('overdue eq false');
    expect(ofGroup('ownerId', 'person', null, 'UTC')).toBe('not (ownerId pr)');
  });

  it('is a month of days, to its last', () => {
    expect(ofGroup('closedOn', 'day', '2024-02', 'Asia/Shanghai')).toBe(
      '(closedOn ge "2024-02-01" and closedOn le "2024-02-29")',
    );
  });

  it("is a month of moments by the organisation's clocks", () => {
    expect(ofGroup('createdAt', 'instant', '2026-12', 'Asia/Shanghai')).toBe(
      '(createdAt ge "2026-11-30T16:00:00.000Z" and createdAt lt "2026-12-31T16:00:00.000Z")',
    );
  });

  it('is joined to a filter that may say "or"', () => {
    expect(bothOf('a eq 1 or b eq 2', 'c eq 3')).toBe('(a eq 1 or b eq 2) and c eq 3');
    expect(bothOf(undefined, 'c eq 3')).toBe('c eq 3');
    expect(bothOf('a eq 1', undefined)).toBe('a eq 1');
    expect(bothOf(undefined, undefined)).toBeUndefined();
  });
});
