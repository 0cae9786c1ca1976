import { type InfiniteData, QueryClient } from '@tanstack/react-query';
import { Problem } from './problem';
import type { AnyRecord, Page, RecordOf, Slice } from './types';

export const cache = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 20_000,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => count < 2 && error instanceof Problem && (error.status === 0 || error.status >= 500),
    },
    mutations: { retry: false },
  },
});

export const keys = {
  session: ['session'] as const,
  access: ['access'] as const,
  users: ['users'] as const,
  departments: ['departments'] as const,
  roles: ['roles'] as const,
  files: (slice: Slice, id: string) => ['files', slice, id] as const,
  shares: (slice: Slice, id: string) => ['shares', slice, id] as const,
  pipelines: ['pipelines'] as const,
  fields: ['fields'] as const,
  myDay: ['my-day'] as const,
  imports: ['imports'] as const,
  importRun: (id: string) => ['import', id] as const,
  record: (slice: Slice, id: string) => ['record', slice, id] as const,
  timeline: (slice: Slice, id: string) => ['timeline', slice, id] as const,
  list: (slice: Slice, query: unknown) => ['list', slice, query] as const,
  lists: (slice: Slice) => ['list', slice] as const,
  groups: (slice: Slice, query: unknown) => ['groups', slice, query] as const,
  board: (pipeline: string) => ['board', pipeline] as const,
  funnel: (pipeline: string, query: unknown) => ['funnel', pipeline, query] as const,
};

/** Of two readings of the same thing the one with more events wins; of equals the later reading. */
export function newer<T extends { version: number }>(known: T | undefined, read: T): T {
  return known !== undefined && known.version > read.version ? known : read;
}

/** For `structuralSharing` of a query that holds one versioned thing: a slow old answer never covers a newer one. */
export function keepNewer(known: unknown, read: unknown): unknown {
  return newer(known as { version: number } | undefined, read as { version: number });
}

/** Puts a record, as read anywhere, into every place that shows it. */
export function putRecord<S extends Slice>(slice: S, record: RecordOf[S]): void {
  cache.setQueryData<RecordOf[S]>(keys.record(slice, record.id), (known) => newer(known, record));
  cache.setQueriesData<InfiniteData<Page<AnyRecord>>>({ queryKey: keys.lists(slice) }, (list) =>
    list && Array.isArray(list.pages) ? replaceInPages(list, record) : list,
  );
}

function replaceInPages(list: InfiniteData<Page<AnyRecord>>, record: AnyRecord): InfiniteData<Page<AnyRecord>> {
  let touched = false;
  const pages = list.pages.map((page) => {
    const at = page.items.findIndex((item) => item.id === record.id);
    const known = page.items[at];
    if (!known || known.version >= record.version) return page;
    touched = true;
    return { ...page, items: page.items.with(at, record) };
  });
  return touched ? { ...list, pages } : list;
}

/** Shows a change before the server agreed; the answer takes it back. The version stays, so any real reading wins. */
export function patchRecord<S extends Slice>(slice: S, id: string, changes: Partial<RecordOf[S]>): () => void {
  const key = keys.record(slice, id);
  const before = cache.getQueryData<RecordOf[S]>(key);
  if (!before) return () => {};
  cache.setQueryData<RecordOf[S]>(key, { ...before, ...changes });
  return () => {
    const now = cache.getQueryData<RecordOf[S]>(key);
    if (now?.version === before.version) cache.setQueryData<RecordOf[S]>(key, before);
  };
}

/** Reads a record anew after a command; the live topic usually is quicker, and then this changes nothing. */
export function refreshRecord(slice: Slice, id: string): void {
  void cache.invalidateQueries({ queryKey: keys.record(slice, id) });
}

/** Reads the files of a record again, and what its story says of them. */
export async function refreshFiles(slice: Slice, id: string): Promise<void> {
  void cache.invalidateQueries({ queryKey: keys.timeline(slice, id) });
  await cache.invalidateQueries({ queryKey: keys.files(slice, id) });
}
