import { useCallback, useState } from 'react';
import { cache, keys, patchRecord, putRecord, refreshRecord } from '../api/cache';
import { records } from '../api/crm';
import { explain } from '../api/explain';
import { isStale } from '../api/problem';
import type { RecordOf, Slice } from '../api/types';
import { toast } from '../ui/toast';

export type Changes = Readonly<Record<string, unknown>>;

/** Somebody changed the same field while we were typing. */
export interface Conflict {
  readonly mine: Changes;
  readonly before: Changes;
  readonly theirs: Changes;
  readonly version: number;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Each of the tenant's own fields by itself: they are amended one by one. */
export const flat = (changes: Changes): Changes => {
  const { custom, ...rest } = changes;
  return typeof custom === 'object' && custom !== null
    ? { ...rest, ...Object.fromEntries(Object.entries(custom).map(([key, value]) => [`custom.${key}`, value])) }
    : changes;
};

/** A whole record with changes, of which those of the tenant's own fields are only some. */
const overlaid = (record: Changes, changes: Changes): Changes =>
  changes.custom === undefined
    ? changes
    : { ...changes, custom: { ...(record.custom as object | null), ...(changes.custom as object | null) } };

/** The fields of ours that changed on the server between the reading we edited and now. */
export function clashing(mine: Changes, before: Changes, theirs: Changes): string[] {
  const [ours, was, now] = [flat(mine), flat(before), flat(theirs)];
  return Object.keys(ours).filter((field) => !same(was[field], now[field]) && !same(ours[field], now[field]));
}

/**
 * Changes fields at once on screen and then on the server; takes it back with the reason if the server refuses, and then says false: whoever
 * typed it must not lose it.
 */
export function useAmend<S extends Slice>(slice: S, id: string) {
  const [conflict, setConflict] = useState<Conflict>();

  const send = useCallback(
    async (mine: Changes, before: RecordOf[S], retried: boolean): Promise<boolean> => {
      const takeBack = patchRecord(slice, id, overlaid(before as unknown as Changes, mine) as Partial<RecordOf[S]>);
      try {
        await records.amend(slice, id, mine, before.version);
        refreshRecord(slice, id);
        return true;
      } catch (error) {
        takeBack();
        if (!isStale(error)) {
          toast('bad', explain(error));
          return false;
        }
        const fresh = await records.get(slice, id);
        putRecord(slice, fresh);
        const [was, now] = [before as unknown as Changes, fresh as unknown as Changes];
        // Others touched other fields: ours may simply follow. Only a clash on the same field is the user's to decide.
        if (!retried && clashing(mine, was, now).length === 0) return await send(mine, fresh, true);
        setConflict({ mine, before: was, theirs: now, version: fresh.version });
        return true;
      }
    },
    [slice, id],
  );

  const amend = useCallback(
    async (mine: Changes, startedFrom?: Changes): Promise<boolean> => {
      const before = cache.getQueryData<RecordOf[S]>(keys.record(slice, id));
      if (!before) return false;
      const known = flat(before as unknown as Changes);
      if (Object.entries(flat(mine)).every(([field, value]) => same(known[field], value))) return true;
      // A live change may have arrived under the open editor: what was seen when typing began is what counts.
      if (startedFrom && clashing(mine, startedFrom, before as unknown as Changes).length > 0) {
        setConflict({ mine, before: startedFrom, theirs: before as unknown as Changes, version: before.version });
        return true;
      }
      try {
        return await send(mine, before, false);
      } catch (error) {
        toast('bad', explain(error));
        return false;
      }
    },
    [slice, id, send],
  );

  const reapply = useCallback(() => {
    if (conflict) void amend(conflict.mine);
    setConflict(undefined);
  }, [conflict, amend]);

  return { amend, conflict, reapply, keepTheirs: () => setConflict(undefined) };
}
