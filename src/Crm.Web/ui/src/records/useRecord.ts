import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { keepNewer, keys, putRecord, refreshFiles } from '../api/cache';
import { records } from '../api/crm';
import { kindOf, type RecordOf, type Slice } from '../api/types';
import { type RecordSays, topics, type Viewer } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { useMe } from '../session/session';

/** One record, kept up to date, and who else is looking at it. */
export function useRecord<S extends Slice>(slice: S, id: string) {
  const me = useMe();
  const [viewers, setViewers] = useState<readonly Viewer[]>([]);
  const query = useQuery<RecordOf[S]>({
    queryKey: keys.record(slice, id),
    queryFn: ({ signal }) => records.get(slice, id, signal),
    structuralSharing: keepNewer,
  });
  useTopic<RecordSays<RecordOf[S]>>(query.isError ? null : topics.record(kindOf[slice], id), (message) => {
    if (message.data.record) putRecord(slice, message.data.record);
    if (message.data.viewers) setViewers(message.data.viewers);
    if ('files' in message.data) void refreshFiles(slice, id);
  });
  return { ...query, viewers: viewers.filter((viewer) => viewer.id !== me.user.id) };
}
