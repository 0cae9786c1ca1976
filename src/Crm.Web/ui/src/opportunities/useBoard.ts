import { useQuery } from '@tanstack/react-query';
import { useCallback, useRef } from 'react';
import { cache, keys } from '../api/cache';
import { funnels } from '../api/crm';
import type { BoardCard } from '../api/types';
import { type BoardSays, topics, type Upserts } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { useFlash } from '../ui/useFlash';

export interface Board {
  readonly cards: ReadonlyMap<string, BoardCard>;
  readonly truncated: boolean;
}

export const asBoard = (from: { items: readonly BoardCard[]; truncated: boolean }): Board => ({
  cards: new Map(from.items.map((card) => [card.id, card])),
  truncated: from.truncated,
});

/** Folds a live change into a board; a card that is already newer stays. Tells which cards really changed. */
export function foldBoard(board: Board, delta: Upserts<BoardCard>): { board: Board; touched: string[] } {
  const cards = new Map(board.cards);
  const touched: string[] = [];
  for (const card of delta.upsert ?? []) {
    const known = cards.get(card.id);
    if (known && known.version > card.version) continue;
    if (!known || known.version < card.version) touched.push(card.id);
    cards.set(card.id, card);
  }
  for (const id of delta.remove ?? []) cards.delete(id);
  return { board: { ...board, cards }, touched };
}

/** All open deals of a pipeline, live. `hold` shows a change of ours before the server agreed to it. */
export function useBoard(pipeline: string | undefined) {
  const key = keys.board(pipeline ?? '');
  const [lit, flash] = useFlash();
  const mine = useRef(new Set<string>());
  const query = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => asBoard(await funnels.board(pipeline ?? '', signal)),
    enabled: pipeline !== undefined,
    structuralSharing: false,
    staleTime: 5_000,
  });

  useTopic<BoardSays>(pipeline === undefined ? null : topics.board(pipeline), (message) => {
    if (message.kind === 'snapshot') {
      cache.setQueryData<Board>(key, asBoard(message.data));
      return;
    }
    const known = cache.getQueryData<Board>(key);
    if (!known) return;
    const next = foldBoard(known, message.data);
    cache.setQueryData<Board>(key, next.board);
    flash(next.touched.filter((id) => !mine.current.has(id)));
  });

  /** Shows `card` changed (or gone) while `run` asks the server; puts it back and rethrows if it refuses. */
  const hold = useCallback(
    async (card: BoardCard, stage: string | null, run: () => Promise<{ version: number }>) => {
      const put = (change: (cards: Map<string, BoardCard>) => void) =>
        cache.setQueryData<Board>(keys.board(pipeline ?? ''), (board) => {
          if (!board) return board;
          const cards = new Map(board.cards);
          change(cards);
          return { ...board, cards };
        });
      mine.current.add(card.id);
      put((cards) => (stage === null ? cards.delete(card.id) : cards.set(card.id, { ...card, stage })));
      try {
        const receipt = await run();
        if (stage !== null)
          put((cards) => {
            const now = cards.get(card.id);
            if (now && now.version < receipt.version) cards.set(card.id, { ...now, stage, version: receipt.version });
          });
      } catch (error) {
        put((cards) => {
          const now = cards.get(card.id);
          if (!now || now.version <= card.version) cards.set(card.id, card);
        });
        throw error;
      } finally {
        mine.current.delete(card.id);
      }
    },
    [pipeline],
  );

  return { ...query, lit, hold };
}
