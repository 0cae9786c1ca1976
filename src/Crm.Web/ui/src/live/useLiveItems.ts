import { useQuery } from '@tanstack/react-query';
import { cache, newer } from '../api/cache';
import type { Page } from '../api/types';
import type { ServerSays, Upserts } from './protocol';
import { useTopic } from './useTopic';

interface Item {
  readonly id: string;
  readonly version: number;
}

/** What a list shows after some of it has changed, in the order of `before`. */
export function withUpserts<T extends Item>(
  items: readonly T[],
  { upsert = [], remove = [] }: Upserts<T>,
  before: (a: T, b: T) => number,
): T[] {
  const known = new Map(items.map((item) => [item.id, item]));
  for (const item of upsert) known.set(item.id, newer(known.get(item.id), item));
  for (const id of remove) known.delete(id);
  return [...known.values()].sort(before);
}

/** A list that is read once and then follows its topic. */
export function useLiveItems<T extends Item>(
  key: readonly unknown[],
  read: () => Promise<Page<T>>,
  topic: string,
  before: (a: T, b: T) => number,
) {
  const query = useQuery({ queryKey: key, queryFn: async (): Promise<T[]> => (await read()).items });
  useTopic<ServerSays<{ items: T[] }, Upserts<T>>>(topic, (message) =>
    cache.setQueryData<T[]>(key, (known) =>
      message.kind === 'snapshot'
        ? withUpserts([], { upsert: message.data.items }, before)
        : known && withUpserts(known, message.data, before),
    ),
  );
  return query;
}
