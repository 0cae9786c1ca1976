import { describe, expect, it } from 'vitest';
import type { Funnel } from '../api/types';
import { coverage, imagine, widths } from './funnelMaths';

/** Vector V1: five stages of a million each, target five millions. */
const funnel: Funnel = {
  pipeline: 'simple',
  month: '2026-11',
  currency: 'CNY',
  currencies: ['CNY'],
  stages: [10, 30, 50, 70, 100].map((winRate) => ({
    stage: `s${winRate}`,
    name: `${winRate}`,
    winRate,
    count: 1,
    amount: '1000000.00',
    weighted: `${winRate * 10000}.00`,
  })),
  weighted: '2600000.00',
  target: '5000000.00',
  gap: '2400000.00',
  position: 1,
  at: null,
};

describe('the picture', () => {
  const stage = (amount: string | null, count: number) => ({
    stage: 's',
    name: 's',
    winRate: 10,
    count,
    amount,
    weighted: null,
  });

  it('draws stages as wide as their amounts are', () => {
    expect(widths([stage('200.00', 1), stage('100.00', 9), stage('50.00', 1)])).toEqual([100, 50, 25]);
  });

  it('draws nothing for nothing, and something for little', () => {
    expect(widths([stage('1000000.00', 1), stage('1.00', 1), stage('0.00', 1), stage('0.00', 0)])).toEqual([
      100, 2, 2, 0,
    ]);
    expect(widths([stage('0.00', 0), stage('0.00', 0)])).toEqual([0, 0]);
  });

  it('counts deals for those who do not see amounts', () => {
    expect(widths([stage(null, 4), stage(null, 1), stage(null, 0)])).toEqual([100, 25, 0]);
  });
});

describe('what if', () => {
  it('FUN-02, FUN-03: without a wish it says what the server says', () => {
    expect(imagine(funnel, {})).toEqual({ weightedCents: 260_000_000, gapCents: 240_000_000 });
    expect(coverage(funnel)).toBeCloseTo(0.52);
  });

  it('more amount in a stage counts by its win rate', () => {
    expect(imagine(funnel, { s50: { extraCents: 100_000_000, winRate: 50 } }).weightedCents).toBe(310_000_000);
  });

  it('a better win rate counts for the whole stage, and a gap is never negative', () => {
    expect(imagine(funnel, { s10: { extraCents: 0, winRate: 60 } }).weightedCents).toBe(310_000_000);
    expect(imagine(funnel, { s100: { extraCents: 900_000_000, winRate: 100 } }).gapCents).toBe(0);
  });

  it('without a target there is no gap', () => {
    expect(imagine({ ...funnel, target: null, gap: null }, {}).gapCents).toBeUndefined();
  });
});
