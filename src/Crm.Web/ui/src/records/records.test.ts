import { describe, expect, it } from 'vitest';
import type { AnyRecord } from '../api/types';
import { verbOf } from './RecordTimeline';
import { clashing } from './useAmend';
import { applyUpserts, compareBy } from './useRecordList';

const row = (id: string, createdAt: string, version = 1): AnyRecord =>
  ({ id, version, name: id, createdAt }) as AnyRecord;
const pages = (items: AnyRecord[], next?: string) => ({
  pages: [{ items, next, total: items.length }],
  pageParams: [undefined],
});

describe('a live list', () => {
  const three = [row('c', '2026-11-03'), row('b', '2026-11-02'), row('a', '2026-11-01')];
  const ids = (result: ReturnType<typeof applyUpserts>) => result.pages.pages[0]?.items.map((item) => item.id);

  it('replaces a known row where it stands, if the new one is newer', () => {
    const result = applyUpserts(pages(three), [row('b', '2026-11-02', 2), row('c', '2026-11-03', 1)], [], '-createdAt');
    expect(ids(result)).toEqual(['c', 'b', 'a']);
    expect(result.touched).toEqual(['b']);
  });

  it('puts a new row where the sort says and counts it', () => {
    const result = applyUpserts(pages(three), [row('x', '2026-11-02T12')], [], '-createdAt');
    expect(ids(result)).toEqual(['c', 'x', 'b', 'a']);
    expect(result.pages.pages[0]?.total).toBe(4);
  });

  it('leaves out a row that belongs below what is loaded', () => {
    const result = applyUpserts(pages(three, 'more'), [row('x', '2026-10-01')], [], '-createdAt');
    expect(ids(result)).toEqual(['c', 'b', 'a']);
  });

  it('removes what no longer fits', () => {
    expect(ids(applyUpserts(pages(three), [], ['b'], '-createdAt'))).toEqual(['c', 'a']);
  });

  it('compares money as money', () => {
    const money = (amount: string) => ({ id: amount, amount: { amount, currency: 'CNY' } }) as unknown as AnyRecord;
    expect(compareBy('amount', money('9.00'), money('10.00'))).toBe(-1);
    expect(compareBy('-amount', money('9.00'), money('10.00'))).toBe(1);
  });
});

describe('editing while others edit', () => {
  it('clashes only on a field that both changed to different values', () => {
    const before = { name: 'a', region: 'x', note: null };
    expect(clashing({ name: 'mine' }, before, { ...before, region: 'y' })).toEqual([]);
    expect(clashing({ name: 'mine' }, before, { ...before, name: 'theirs' })).toEqual(['name']);
    expect(clashing({ name: 'same' }, before, { ...before, name: 'same' })).toEqual([]);
  });
});

describe('event names', () => {
  it('lose the slice and the number', () => {
    expect(verbOf('lead-ruled-out-v1')).toBe('ruled-out');
    expect(verbOf('opportunity-moved-v2')).toBe('moved');
  });
});
