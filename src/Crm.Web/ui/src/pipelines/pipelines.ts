import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { pipelines } from '../api/crm';
import type { Page, Pipeline, Stage } from '../api/types';
import { type PipelinesSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { recall, remember } from '../platform/storage';
import { useModules } from '../session/session';

const none: Pipeline[] = [];

/** Lists must not jump because the topic names pipelines in another order than the read did. */
function inKnownOrder(items: readonly Pipeline[], known: readonly Pipeline[]): Pipeline[] {
  const rank = new Map(known.map((pipeline, index) => [pipeline.key, index]));
  return items.toSorted((a, b) => (rank.get(a.key) ?? known.length) - (rank.get(b.key) ?? known.length));
}

/** What the reader's language calls it. */
export const nameIn = (of: { name: string; nameEn?: string | null }, language: string): string =>
  language.startsWith('zh') ? of.name : (of.nameEn ?? of.name);

/** A pipeline as the reader's language calls it and its stages. */
export function inLanguage(pipeline: Pipeline, language: string): Pipeline {
  if (language.startsWith('zh')) return pipeline;
  return {
    ...pipeline,
    name: nameIn(pipeline, language),
    stages: pipeline.stages.map((stage) => ({ ...stage, name: nameIn(stage, language) })),
  };
}

/** All pipelines in the reader's language, and with the names that are kept; up to date while somebody edits stages. */
export function usePipelines(): {
  all: Pipeline[];
  asKept: Pipeline[];
  isPending: boolean;
  error: unknown;
  refetch: () => void;
} {
  const isOn = useModules()('opportunities');
  const query = useQuery({ queryKey: keys.pipelines, queryFn: pipelines.list, staleTime: 60_000, enabled: isOn });
  useTopic<PipelinesSays>(isOn ? topics.pipelines : null, (message) => {
    cache.setQueryData<Page<Pipeline>>(keys.pipelines, (known) => ({
      items: inKnownOrder(message.data.items, known?.items ?? none),
    }));
  });
  const { i18n } = useTranslation();
  const items = query.data?.items;
  const all = useMemo(() => items?.map((each) => inLanguage(each, i18n.language)) ?? none, [items, i18n.language]);
  return {
    all,
    asKept: items ?? none,
    isPending: query.isPending,
    error: query.error,
    refetch: () => void query.refetch(),
  };
}

/** The pipeline of this key; without one the pipeline that was looked at last here, or the first one in use. */
export function usePipeline(key: string | undefined): Pipeline | undefined {
  const { all } = usePipelines();
  const wanted = key ?? recall<string>('pipeline');
  const found = all.find((pipeline) => pipeline.key === wanted) ?? all.find((pipeline) => !pipeline.retired) ?? all[0];
  useEffect(() => {
    if (key !== undefined && key === found?.key) remember('pipeline', key);
  }, [key, found?.key]);
  return found;
}

/** Stage key → name in one pipeline. Where only the key is known, a stage is called by all the names it has. */
export function stageNames(all: readonly Pipeline[], pipeline?: string): ReadonlyMap<string, string> {
  const names = new Map<string, Set<string>>();
  for (const each of all)
    if (pipeline === undefined || each.key === pipeline)
      for (const stage of each.stages) names.set(stage.key, (names.get(stage.key) ?? new Set()).add(stage.name));
  return new Map([...names].map(([key, known]) => [key, [...known].join(' / ')]));
}

export function useStageNames(pipeline?: string): ReadonlyMap<string, string> {
  const { all } = usePipelines();
  return useMemo(() => stageNames(all, pipeline), [all, pipeline]);
}

export const openStages = (pipeline: Pipeline): Stage[] => pipeline.stages.filter((stage) => !stage.retired);
/** Where a deal may stand while it is open: the stage that wins is not one of them. */
export const workStages = (pipeline: Pipeline): Stage[] => openStages(pipeline).filter((stage) => stage.winRate < 100);
export const wonStage = (pipeline: Pipeline): Stage | undefined =>
  pipeline.stages.find((stage) => stage.winRate === 100);
