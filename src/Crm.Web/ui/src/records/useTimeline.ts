import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { cache, keys } from '../api/cache';
import { records } from '../api/crm';
import type { Page, Slice, TimelineEntry } from '../api/types';

type Pages = InfiniteData<Page<TimelineEntry>, string | undefined>;
const pageSize = 40;

/** What happened to a record, newest first; new entries appear as soon as the record's version moves. */
export function useTimeline(slice: Slice, id: string, version: number) {
  const query = useInfiniteQuery({
    queryKey: keys.timeline(slice, id),
    queryFn: ({ pageParam }) => records.timeline(slice, id, pageParam, pageSize),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  // files have versions of their own
  const newest = query.data?.pages[0]?.items.find((entry) => !entry.type.startsWith('file-'))?.version;

  useEffect(() => {
    if (newest === undefined || newest >= version) return undefined;
    let left = false;
    void records.timeline(slice, id, undefined, pageSize).then((page) => {
      if (left) return;
      cache.setQueryData<Pages>(keys.timeline(slice, id), (known) => {
        const first = known?.pages[0];
        if (!known || !first) return known;
        const fresh = page.items.filter((entry) => entry.position > (first.items[0]?.position ?? 0));
        return { ...known, pages: [{ ...first, items: [...fresh, ...first.items] }, ...known.pages.slice(1)] };
      });
    });
    return () => {
      left = true;
    };
  }, [slice, id, version, newest]);

  const entries = useMemo(() => {
    const seen = new Map<string, TimelineEntry>();
    for (const page of query.data?.pages ?? [])
      for (const entry of page.items) seen.set(`${entry.position}-${entry.version}`, entry);
    return [...seen.values()];
  }, [query.data]);
  return { ...query, entries };
}
