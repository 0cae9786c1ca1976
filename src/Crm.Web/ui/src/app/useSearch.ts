import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { search } from '../api/crm';
import type { SearchHit } from '../api/types';
import { after } from '../platform/timers';

/** The value as it was once it stood still for `ms`. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => after(ms, () => setSettled(value)), [value, ms]);
  return settled;
}

/** So many of each kind, so that a customer is not buried under its leads. */
const perSlice = 4;

function fewOfEach(hits: readonly SearchHit[]): SearchHit[] {
  const seen = new Map<string, number>();
  return hits.filter((hit) => {
    const count = (seen.get(hit.slice) ?? 0) + 1;
    seen.set(hit.slice, count);
    return count <= perSlice;
  });
}

/** Full-text search over all records, while typing. */
export function useSearchHits(text: string) {
  const q = useSettled(text.trim(), 150);
  return useQuery({
    queryKey: ['search', q],
    queryFn: ({ signal }) => search(q, 20, signal),
    enabled: q !== '',
    placeholderData: keepPreviousData,
    select: (page) => fewOfEach(page.items),
    staleTime: 5_000,
  });
}
