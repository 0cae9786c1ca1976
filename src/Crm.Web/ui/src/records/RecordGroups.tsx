import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { queryString } from '../api/client';
import { records } from '../api/crm';
import { explain } from '../api/explain';
import type { Group, Slice } from '../api/types';
import { topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { after } from '../platform/timers';
import { useRights } from '../rights/useRights';
import { Person } from '../ui/Avatar';
import { useFormat } from '../ui/format';
import { groupKey } from './groups';
import type { FilterField } from './RecordFilterBar';
import { RecordName } from './RecordLink';

/** Changes come in bursts: the groups are counted again once it is quiet for so long. */
const quietMs = 600;

interface Props {
  readonly slice: Slice;
  readonly field: FilterField;
  /** The list's filter without the group that is looked into. */
  readonly filter: string | undefined;
  readonly q: string | undefined;
  /** The amount that is summed, if its sum may be shown. */
  readonly sum: string | undefined;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string | undefined) => void;
}

/** How many records of a list have each value of a field. A click looks into a group, another one out of it again. */
export function RecordGroups({ slice, field, filter, q, sum, chosen, onChoose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const query = { by: field.key, sum, filter, q };
  const result = useQuery({
    queryKey: keys.groups(slice, query),
    queryFn: ({ signal }) => records.groups(slice, query, signal),
    placeholderData: keepPreviousData,
  });
  useGroupNews(result.isError ? undefined : slice, filter, q);

  if (result.isError)
    return (
      <div className="groups" role="alert">
        <span className="soft">{explain(result.error)}</span>
        <Button size="small" onClick={() => void result.refetch()}>
          {t('common.retry')}
        </Button>
      </div>
    );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is of a form.
    <div
      className="groups"
      role="group"
      aria-label={t('list.groupsOf', { field: field.label })}
      aria-busy={result.isPending}
      data-testid="groups"
    >
      {result.data?.items.map((group) => {
        const key = groupKey(group.value);
        return (
          <button
            key={key}
            type="button"
            className="group"
            aria-pressed={key === chosen}
            data-testid={`group-${key}`}
            onClick={() => onChoose(key === chosen ? undefined : key)}
          >
            <GroupName field={field} value={group.value} />
            <span className="group-count num">{format.number(group.count)}</span>
            <Sums group={group} />
          </button>
        );
      })}
      {result.data?.items.length === 0 ? <span className="faint">{t('list.noGroups')}</span> : null}
      {result.data?.more ? (
        <span className="faint group-more">{t('list.moreGroups', { count: result.data.items.length })}</span>
      ) : null}
    </div>
  );
}

/** Counts again when something changes among what is counted. */
function useGroupNews(slice: Slice | undefined, filter: string | undefined, q: string | undefined): void {
  const rights = useRights();
  const [news, setNews] = useState(0);
  const topic =
    slice === undefined
      ? null
      : topics.list(
          slice,
          // what has changed last is in sight, whatever the page shows
          queryString({ filter, sort: rights.knows(slice, 'updatedAt') ? '-updatedAt' : undefined, q, limit: 100 }),
        );
  const followed = useRef<string | null>(null);
  useTopic(topic, () => {
    // the first word of a topic says how things are, not that they have changed
    if (followed.current === topic) setNews((count) => count + 1);
    followed.current = topic;
  });
  useEffect(() => {
    if (news === 0 || slice === undefined) return undefined;
    return after(quietMs, () => void cache.invalidateQueries({ queryKey: ['groups', slice] }));
  }, [news, slice]);
}

function Sums({ group }: { group: Group }) {
  const format = useFormat();
  return (group.sums ?? []).map(({ amount, currency }) => (
    <span key={currency} className="group-sum num" title={currency ? format.money({ amount, currency }) : amount}>
      {currency ? format.moneyShort(amount, currency) : amount}
    </span>
  ));
}

function GroupName({ field, value }: { field: FilterField; value: string | boolean | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (field.kind === 'person') return <Person id={value === null ? null : String(value)} />;
  if (value === null) return <span className="faint">{t('list.noValue')}</span>;
  if (field.kind === 'flag') return t(value === true ? 'common.yes' : 'common.no');
  const text = String(value);
  if (field.kind === 'day' || field.kind === 'instant') return format.month(text);
  if (field.kind === 'record' && field.slice) return <RecordName slice={field.slice} id={text} />;
  return <span className="clip">{field.options?.find((option) => option.value === text)?.label ?? text}</span>;
}
