import type { Funnel } from '../api/types';
import { toCents } from '../ui/format';

/** What somebody imagines for a stage: more amount (minor units) and another win rate (0 to 100). */
export interface Wish {
  readonly extraCents: number;
  readonly winRate: number;
}
export type Wishes = Readonly<Record<string, Wish>>;

export interface Outlook {
  readonly weightedCents: number;
  /** Undefined without a target. */
  readonly gapCents: number | undefined;
}

/** Weighted value and gap (FUN-02, FUN-03) under the wishes: Σ (amount + extra) × rate, and what is missing to the target. */
export function imagine(funnel: Funnel, wishes: Wishes): Outlook {
  const weightedCents = funnel.stages.reduce((sum, stage) => {
    const wish = wishes[stage.stage];
    if (!wish) return sum + toCents(stage.weighted);
    return sum + Math.round(((toCents(stage.amount) + wish.extraCents) * wish.winRate) / 100);
  }, 0);
  const gapCents = funnel.target === null ? undefined : Math.max(0, toCents(funnel.target) - weightedCents);
  return { weightedCents, gapCents };
}

/** How wide something is drawn at least, in percent: little is still to be told from nothing. */
const leastWidth = 2;

/**
 * How wide each stage is drawn, in percent of the widest: as its amount is, or its number of deals where amounts are not shown. A stage with
 * nothing in it has no width, and none other has less than can be seen.
 */
export function widths(stages: Funnel['stages']): number[] {
  const shown = stages.every((stage) => stage.amount !== null);
  const sizes = stages.map((stage) => (shown ? toCents(stage.amount) : stage.count));
  const most = Math.max(...sizes, 1);
  return stages.map((stage, index) => {
    const share = ((sizes[index] ?? 0) / most) * 100;
    return stage.count === 0 && share === 0 ? 0 : Math.max(leastWidth, share);
  });
}

/** Share of the target that the weighted value covers, 0 or more; undefined without a target. */
export function coverage(funnel: Funnel): number | undefined {
  const target = funnel.target === null ? 0 : toCents(funnel.target);
  return target > 0 ? toCents(funnel.weighted) / target : undefined;
}
