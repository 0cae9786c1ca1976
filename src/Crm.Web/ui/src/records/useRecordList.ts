import { type InfiniteData, keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { cache, keys, newer } from '../api/cache';
import { queryString } from '../api/client';
import { records } from '../api/crm';
import type { AnyRecord, Page, RecordOf, Slice } from '../api/types';
import { type ListSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { toCents } from '../ui/format';
import { useFlash } from '../ui/useFlash';

/** Rows per page, and the size of the live window: the largest that the API allows. */
const pageSize = 100;

export interface RecordListQuery {
  filter?: string;
  sort?: string;
  q?: string;
}

type Pages = InfiniteData<Page<AnyRecord>, string | undefined>;

function sortValue(record: AnyRecord, field: string): string | number {
  const value = (record as unknown as Record<string, unknown>)[field];
  if (value && typeof value === 'object' && 'amount' in value) return toCents(String(value.amount));
  return typeof value === 'number' ? value : String(value ?? '');
}

/** Which of two records comes first under `sort`; 0 if the fields are equal. */
export function compareBy(sort: string, a: AnyRecord, b: AnyRecord): number {
  const down = sort.startsWith('-');
  const field = down ? sort.slice(1) : sort;
  const [x, y] = [sortValue(a, field), sortValue(b, field)];
  if (x === y) return 0;
  return x < y === !down ? -1 : 1;
}

/** Folds a live change into loaded pages: known rows are replaced where they stand, new ones go where the sort puts them. */
export function applyUpserts(
  pages: Pages,
  upsert: readonly AnyRecord[],
  remove: readonly string[],
  sort: string,
): { pages: Pages; touched: string[] } {
  const rows = pages.pages.flatMap((page) => page.items);
  const gone = new Set(
    remove.filter((id) => {
      const at = rows.findIndex((row) => row.id === id);
      // A row that newer rows pushed out of the live window is still in the list.
      return at >= 0 && at < pageSize - upsert.length;
    }),
  );
  const touched: string[] = [];
  let items = pages.pages.map((page) => page.items.filter((row) => !gone.has(row.id)));
  let added = 0;
  for (const record of upsert) {
    const pageAt = items.findIndex((page) => page.some((row) => row.id === record.id));
    const page = items[pageAt];
    if (page) {
      const rowAt = page.findIndex((row) => row.id === record.id);
      const known = page[rowAt];
      if (!known || known.version >= record.version) continue;
      items = items.with(pageAt, page.with(rowAt, record));
      touched.push(record.id);
      continue;
    }
    const target = items.findIndex((each) => each.some((row) => compareBy(sort, record, row) < 0));
    const lastPage = pages.pages.at(-1);
    if (target < 0 && lastPage?.next) continue; // It belongs below what is loaded.
    const at = target < 0 ? Math.max(0, items.length - 1) : target;
    const into = items[at] ?? [];
    const before = into.findIndex((row) => compareBy(sort, record, row) < 0);
    items = items.with(at, before < 0 ? [...into, record] : into.toSpliced(before, 0, record));
    touched.push(record.id);
    added++;
  }
  const first = pages.pages[0];
  const total = typeof first?.total === 'number' ? first.total + added - gone.size : first?.total;
  return {
    touched,
    pages: {
      ...pages,
      pages: pages.pages.map((page, index) => ({
        ...page,
        items: items[index] ?? page.items,
        ...(index === 0 ? { total } : {}),
      })),
    },
  };
}

function mergeSnapshot(pages: Pages, items: readonly AnyRecord[]): Pages {
  const known = new Map(pages.pages.flatMap((page) => page.items).map((row) => [row.id, row]));
  const first = pages.pages[0];
  if (!first) return pages;
  const fresh = items.map((item) => newer(known.get(item.id), item));
  return { ...pages, pages: [{ ...first, items: fresh }, ...pages.pages.slice(1)] };
}

/** A filtered, sorted list: pages on demand, live changes folded in. */
export function useRecordList<S extends Slice>(slice: S, query: RecordListQuery) {
  const key = keys.list(slice, query);
  const [lit, flash] = useFlash();
  const sort = query.sort ?? '-createdAt';
  const result = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      records.list(slice, { ...query, limit: pageSize, cursor: pageParam, total: pageParam === undefined }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
    structuralSharing: false,
    staleTime: 0,
  });

  const topic = topics.list(
    slice,
    queryString({ filter: query.filter, sort: query.sort, q: query.q, limit: pageSize }),
  );
  useTopic<ListSays<RecordOf[S]>>(result.isError ? null : topic, (message) => {
    const now = cache.getQueryData<Pages>(key);
    if (!now) return;
    if (message.kind === 'snapshot') {
      cache.setQueryData<Pages>(key, mergeSnapshot(now, message.data.items));
      return;
    }
    const next = applyUpserts(now, message.data.upsert ?? [], message.data.remove ?? [], sort);
    cache.setQueryData<Pages>(key, next.pages);
    flash(next.touched);
  });

  const data = result.data;
  const rows = useMemo(() => {
    const seen = new Map<string, RecordOf[S]>();
    for (const page of data?.pages ?? []) for (const row of page.items) if (!seen.has(row.id)) seen.set(row.id, row);
    return [...seen.values()];
  }, [data]);

  return { ...result, rows, total: data?.pages[0]?.total ?? undefined, lit };
}
