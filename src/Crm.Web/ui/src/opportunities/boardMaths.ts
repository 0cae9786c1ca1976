import type { BoardCard, Stage } from '../api/types';
import { toCents } from '../ui/format';

export interface BoardFilter {
  readonly text: string;
  readonly owner: string | undefined;
  readonly overdueOnly: boolean;
}

/** Money in minor units of the tenant's currency. */
export interface Column {
  readonly stage: Stage;
  readonly cards: readonly BoardCard[];
  readonly totalCents: number;
  readonly weightedCents: number;
  /** Some cards are in another currency and so not in the sums. */
  readonly mixed: boolean;
}

export function fits(card: BoardCard, filter: BoardFilter): boolean {
  if (filter.overdueOnly && !card.overdue) return false;
  if (filter.owner !== undefined && card.ownerId !== filter.owner) return false;
  if (filter.text === '') return true;
  const text = filter.text.toLowerCase();
  return card.name.toLowerCase().includes(text) || (card.customerName ?? '').toLowerCase().includes(text);
}

/** Cards by stage, biggest amount first. A stage that is not shown any more still gets a column while cards sit in it. */
export function toColumns(
  stages: readonly Stage[],
  cards: Iterable<BoardCard>,
  filter: BoardFilter,
  currency: string,
): Column[] {
  const byStage = new Map<string, BoardCard[]>(stages.map((stage) => [stage.key, []]));
  for (const card of cards) if (fits(card, filter)) byStage.get(card.stage)?.push(card);
  return stages.flatMap((stage) => {
    const inStage = byStage.get(stage.key) ?? [];
    if (stage.retired && inStage.length === 0) return [];
    const sized = inStage.map((card) => ({ card, cents: toCents(card.amount?.amount) }));
    sized.sort((a, b) => b.cents - a.cents || (a.card.id < b.card.id ? -1 : 1));
    const counted = sized.filter(({ card }) => card.amount == null || card.amount.currency === currency);
    const totalCents = counted.reduce((sum, { cents }) => sum + cents, 0);
    return [
      {
        stage,
        cards: sized.map(({ card }) => card),
        totalCents,
        weightedCents: Math.round((totalCents * stage.winRate) / 100),
        mixed: counted.length < sized.length,
      },
    ];
  });
}
