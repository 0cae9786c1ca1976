import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keepNewer, keys, putRecord, refreshFiles, refreshRecord } from '../api/cache';
import { records } from '../api/crm';
import { Problem } from '../api/problem';
import { kindOf, type RecordOf, type Slice } from '../api/types';
import { type RecordSays, topics, type Viewer } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { useMe } from '../session/session';

const recordQuery = <S extends Slice>(slice: S, id: string) => ({
  queryKey: keys.record(slice, id),
  queryFn: ({ signal }: { signal: AbortSignal }) => records.get(slice, id, signal),
  structuralSharing: keepNewer,
});

/** Takes what a topic says of a record; one that is ours no more is asked for, and the answer says so. */
function putNews<S extends Slice>(slice: S, id: string, record: RecordOf[S] | null | undefined): void {
  if (record) putRecord(slice, record);
  else if (record === null) refreshRecord(slice, id);
}

/** One record, kept up to date, and who else is looking at it. */
export function useRecord<S extends Slice>(slice: S, id: string) {
  const me = useMe();
  const [viewers, setViewers] = useState<readonly Viewer[]>([]);
  const query = useQuery<RecordOf[S]>(recordQuery(slice, id));
  useTopic<RecordSays<RecordOf[S]>>(query.isError ? null : topics.record(kindOf[slice], id), (message) => {
    putNews(slice, id, message.data.record);
    if (message.data.viewers) setViewers(message.data.viewers);
    if ('files' in message.data) void refreshFiles(slice, id);
  });
  return { ...query, viewers: viewers.filter((viewer) => viewer.id !== me.user.id) };
}

/** How often a record in the making is asked for again, and after how long for the first time. */
const makingTries = 3;
const makingMs = 250;

/**
 * A record that another one's page speaks of, kept up to date without looking at it.
 * @param making Whether it may come to be only now: what a conversion names is made a moment after the lead says so.
 */
export function useNamedRecord<S extends Slice>(slice: S, id: string, enabled: boolean, making: boolean) {
  const query = useQuery<RecordOf[S]>({
    ...recordQuery(slice, id),
    enabled,
    ...(making
      ? {
          retry: (tries: number, error: Error) =>
            tries < makingTries && error instanceof Problem && error.status !== 403,
          retryDelay: (tries: number) => makingMs * 2 ** tries,
        }
      : {}),
  });
  useTopic<RecordSays<RecordOf[S]>>(enabled && query.isSuccess ? topics.named(kindOf[slice], id) : null, (message) =>
    putNews(slice, id, message.data.record),
  );
  return query;
}
