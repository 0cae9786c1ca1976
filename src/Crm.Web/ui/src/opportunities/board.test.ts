import { describe, expect, it } from 'vitest';
import type { BoardCard, Stage } from '../api/types';
import { type BoardFilter, toColumns } from './boardMaths';
import { asBoard, foldBoard } from './useBoard';

const card = (id: string, more: Partial<BoardCard> = {}): BoardCard => ({
  id,
  version: 1,
  name: `Deal ${id}`,
  customerName: null,
  stage: 'quote',
  status: 'open',
  amount: { amount: '1000000.00', currency: 'CNY' },
  ownerId: 'u1',
  expectedCloseOn: null,
  overdue: false,
  nextStep: null,
  stageSince: '2026-11-01T00:00:00.000Z',
  ...more,
});
const stages: Stage[] = [
  { key: 'first', name: 'First', winRate: 10, retired: false },
  { key: 'quote', name: 'Quote', winRate: 70, retired: false },
  { key: 'old', name: 'Old', winRate: 50, retired: true },
];
const everything: BoardFilter = { text: '', owner: undefined, overdueOnly: false };

describe('board columns', () => {
  it('add up amounts and weigh them by the win rate', () => {
    const columns = toColumns(
      stages,
      [card('a'), card('b', { amount: { amount: '0.01', currency: 'CNY' } })],
      everything,
      'CNY',
    );
    expect(columns.map((column) => [column.stage.key, column.totalCents, column.weightedCents])).toEqual([
      ['first', 0, 0],
      ['quote', 100_000_001, 70_000_001],
    ]);
    expect(columns[1]?.cards.map((each) => each.id)).toEqual(['a', 'b']);
  });

  it('leave other currencies out of the sum and say so', () => {
    const [, quote] = toColumns(
      stages,
      [card('a', { amount: { amount: '5.00', currency: 'USD' } })],
      everything,
      'CNY',
    );
    expect(quote).toMatchObject({ totalCents: 0, mixed: true });
  });

  it('show a retired stage only while cards sit in it', () => {
    expect(toColumns(stages, [], everything, 'CNY')).toHaveLength(2);
    expect(toColumns(stages, [card('a', { stage: 'old' })], everything, 'CNY')).toHaveLength(3);
  });

  it('filter by text, owner and overdue', () => {
    const cards = [card('a', { customerName: '深圳腾讯' }), card('b', { ownerId: 'u2' }), card('c', { overdue: true })];
    const shown = (filter: Partial<BoardFilter>) =>
      toColumns(stages, cards, { ...everything, ...filter }, 'CNY').flatMap((column) =>
        column.cards.map((each) => each.id),
      );
    expect(shown({ text: '腾讯' })).toEqual(['a']);
    expect(shown({ owner: 'u2' })).toEqual(['b']);
    expect(shown({ overdueOnly: true })).toEqual(['c']);
  });
});

describe('live board', () => {
  it('takes newer cards, ignores older ones, and tells which moved', () => {
    const board = asBoard({ items: [card('a', { version: 5 }), card('b')], truncated: false });
    const { board: next, touched } = foldBoard(board, {
      upsert: [card('a', { version: 4, stage: 'first' }), card('b', { version: 2, stage: 'first' }), card('c')],
      remove: [],
    });
    expect(touched).toEqual(['b', 'c']);
    expect(next.cards.get('a')?.stage).toBe('quote');
    expect(next.cards.get('b')?.stage).toBe('first');
    expect(foldBoard(next, { remove: ['a'] }).board.cards.has('a')).toBe(false);
  });
});
