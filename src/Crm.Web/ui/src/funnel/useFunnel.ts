import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { cache, keys } from '../api/cache';
import { queryString } from '../api/client';
import { type FunnelQuery, funnels } from '../api/crm';
import type { Funnel } from '../api/types';
import { type FunnelSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { useStageNames } from '../pipelines/pipelines';
import { useRights } from '../rights/useRights';

/** Whether there are funnels of months: who is in one closes in it, so they are for those who see closing days. */
export function useFunnelMonths(): boolean {
  const rights = useRights();
  return ['expectedCloseOn', 'closedOn'].every((field) => rights.knows('opportunities', field));
}

/** The funnel, live; or, with `at`, as it was then. A frame from an older journal position never covers a newer one. */
export function useFunnel(pipeline: string | undefined, query: FunnelQuery) {
  const key = keys.funnel(pipeline ?? '', query);
  const live = pipeline !== undefined && query.at === undefined;
  useTopic<FunnelSays>(
    live
      ? topics.funnel(pipeline, queryString({ month: query.month, ownerId: query.ownerId, currency: query.currency }))
      : null,
    ({ kind, data }) => {
      // whoever is shown no months any more hears nothing of one, and reads the funnel of all
      if (data === null) return;
      cache.setQueryData<Funnel>(key, (known) =>
        known && kind === 'delta' && known.position > data.position ? known : data,
      );
    },
  );
  const names = useStageNames(pipeline);
  const answer = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => funnels.get(pipeline ?? '', query, signal),
    enabled: pipeline !== undefined,
    placeholderData: keepPreviousData,
    structuralSharing: (known, read) =>
      known && (known as Funnel).position > (read as Funnel).position ? known : read,
    staleTime: live ? 5_000 : Number.POSITIVE_INFINITY,
  });
  const { data } = answer;
  // the reader's language is not the server's: stages are called as everywhere else
  const named = useMemo(
    () =>
      data && {
        ...data,
        stages: data.stages.map((stage) => ({ ...stage, name: names.get(stage.stage) ?? stage.name })),
      },
    [data, names],
  );
  return { ...answer, data: named };
}
