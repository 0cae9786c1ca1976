import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { search } from '../api/crm';
import { after } from '../platform/timers';

/** The value as it was once it stood still for `ms`. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => after(ms, () => setSettled(value)), [value, ms]);
  return settled;
}

/** Full-text search over all records, while typing. */
export function useSearchHits(text: string, limit: number) {
  const q = useSettled(text.trim(), 150);
  return useQuery({
    queryKey: ['search', q, limit],
    queryFn: ({ signal }) => search(q, limit, signal),
    enabled: q !== '',
    placeholderData: keepPreviousData,
    staleTime: 5_000,
  });
}
