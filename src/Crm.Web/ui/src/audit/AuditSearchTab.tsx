import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { usePeople } from '../people/people';
import { Ago } from '../ui/Bits';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { type AuditSearch, auditApi } from './api';

const kinds = [
  'lead',
  'opportunity',
  'customer',
  'contact',
  'pipeline',
  'user',
  'rolebook',
  'share',
  'export',
  'alert',
  'policy',
  'accesslog',
  'session',
] as const;

const written = (value: unknown): string => (value === null || value === undefined ? '' : String(value));

/** The journal: who changed what from what to what. */
export function AuditSearchTab() {
  const { t } = useTranslation();
  const people = usePeople();
  const [wanted, setWanted] = useState<AuditSearch>({});
  const query = useInfiniteQuery({
    queryKey: ['audit', wanted],
    queryFn: ({ pageParam }) => auditApi.search({ ...wanted, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className="toolbar">
        <Select
          allowClear
          className="toolbar-search"
          placeholder={t('audit.journal.kind')}
          data-testid="audit-kind"
          options={kinds.map((kind) => ({ value: kind, label: t(`audit.journal.kinds.${kind}`) }))}
          onChange={(kind?: string) => setWanted({ ...wanted, kind })}
        />
        <Select
          allowClear
          showSearch
          optionFilterProp="label"
          className="toolbar-search"
          placeholder={t('audit.who')}
          options={people.map((person) => ({ value: person.id, label: person.name }))}
          onChange={(person?: string) => setWanted({ ...wanted, person })}
        />
        <Input
          allowClear
          className="toolbar-search"
          placeholder={t('audit.journal.field')}
          data-testid="audit-field"
          onBlur={(event) => setWanted({ ...wanted, field: event.target.value.trim() || undefined })}
          onPressEnter={(event) => setWanted({ ...wanted, field: event.currentTarget.value.trim() || undefined })}
        />
      </div>
      {query.isPending ? (
        <GridSkeleton />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : items.length === 0 && !query.hasNextPage ? (
        <EmptyState title={t('audit.journal.empty')} />
      ) : (
        <div className="table-box">
          <table className="plain-table" data-testid="audit-journal">
            <thead>
              <tr>
                <th>{t('audit.when')}</th>
                <th>{t('audit.who')}</th>
                <th>{t('audit.what')}</th>
                <th>{t('audit.journal.changes')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ entry, ...item }) => (
                <tr key={entry.position}>
                  <td>
                    <Ago at={entry.at} />
                  </td>
                  <td>{entry.by.name ?? <span className="faint">{entry.by.kind}</span>}</td>
                  <td>
                    {item.recordName ?? item.kind}
                    <div className="faint">{entry.type}</div>
                  </td>
                  <td>
                    {item.erased ? <span className="faint">{t('audit.journal.erased')}</span> : null}
                    {(entry.changes ?? []).map((change) => (
                      <div key={change.field}>
                        {change.field}: <s className="faint">{written(change.from)}</s> {written(change.to)}
                      </div>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {query.hasNextPage ? (
            <Button type="text" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              {t('audit.journal.more')}
            </Button>
          ) : null}
        </div>
      )}
    </>
  );
}
