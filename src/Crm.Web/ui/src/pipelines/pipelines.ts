import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { cache, keys } from '../api/cache';
import { pipelines } from '../api/crm';
import type { Page, Pipeline, Stage } from '../api/types';
import { type PipelinesSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';

const none: Pipeline[] = [];

/** All pipelines, kept up to date while somebody edits stages. */
export function usePipelines(): { all: Pipeline[]; isPending: boolean; error: unknown; refetch: () => void } {
  const query = useQuery({ queryKey: keys.pipelines, queryFn: pipelines.list, staleTime: 60_000 });
  useTopic<PipelinesSays>(topics.pipelines, (message) => {
    cache.setQueryData<Page<Pipeline>>(keys.pipelines, { items: message.data.items });
  });
  return {
    all: query.data?.items ?? none,
    isPending: query.isPending,
    error: query.error,
    refetch: () => void query.refetch(),
  };
}

/** The pipeline of this key, or the first one in use. */
export function usePipeline(key: string | undefined): Pipeline | undefined {
  const { all } = usePipelines();
  return all.find((pipeline) => pipeline.key === key) ?? all.find((pipeline) => !pipeline.retired) ?? all[0];
}

/** Stage key → name over all pipelines, for places that know only the key. */
export function useAllStages(): ReadonlyMap<string, string> {
  const { all } = usePipelines();
  return useMemo(
    () => new Map(all.flatMap((pipeline) => pipeline.stages.map((stage) => [stage.key, stage.name] as const))),
    [all],
  );
}

export const openStages = (pipeline: Pipeline): Stage[] => pipeline.stages.filter((stage) => !stage.retired);
/** Where a deal may stand while it is open: the stage that wins is not one of them. */
export const workStages = (pipeline: Pipeline): Stage[] => openStages(pipeline).filter((stage) => stage.winRate < 100);
export const wonStage = (pipeline: Pipeline): Stage | undefined =>
  pipeline.stages.find((stage) => stage.winRate === 100);
