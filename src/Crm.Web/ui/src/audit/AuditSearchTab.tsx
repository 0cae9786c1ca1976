import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { sliceOf } from '../api/types';
import { useDepartments } from '../organisation/useDepartments';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { shownName } from '../records/names';
import { RecordChanges } from '../records/RecordChanges';
import { sliceName, verbName } from '../rights/words';
import { Avatar, Person } from '../ui/Avatar';
import { DayRange } from '../ui/DayRange';
import { useFormat } from '../ui/format';
import { type PlainColumn, PlainTable } from '../ui/PlainTable';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { AuditRestore } from './AuditRestore';
import { type AuditItem, type AuditSearch, auditApi } from './api';
import { eventText, kindText, noteText } from './journalText';

const kinds = [
  'lead',
  'opportunity',
  'customer',
  'contact',
  'pipeline',
  'target',
  'import',
  'file',
  'user',
  'department',
  'rolebook',
  'share',
  'handover',
  'export',
  'alert',
  'accesslog',
  'session',
  'factor',
  'apikey',
  'companysignin',
  'mail',
  'policy',
  'tenant',
] as const;

/** What was noted of one person's reading. */
interface Reading {
  personId?: string;
  notes?: Note[];
  /** The most records of others within the policy's stretch of time. */
  peak?: number;
}
interface Note {
  type: string;
  slice: string | null;
  detail: string | null;
  count: number;
  via: string;
}

const isBusiness = (kind: string): kind is keyof typeof sliceOf => kind in sliceOf;

/** The journal: who changed what from what to what. */
export function AuditSearchTab() {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<AuditSearch>({});
  const query = useInfiniteQuery({
    queryKey: ['audit', wanted],
    queryFn: ({ pageParam }) => auditApi.search({ ...wanted, cursor: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = useColumns();
  return (
    <>
      <p className="soft audit-lead">{t('audit.journal.lead')}</p>
      <div className="audit-filters">
        <DayRange
          value={{ ...(wanted.from ? { from: wanted.from } : {}), ...(wanted.to ? { to: wanted.to } : {}) }}
          onChange={({ from, to }) => setWanted({ ...wanted, from, to })}
          testId="audit-days"
        />
        <Select
          allowClear
          showSearch
          optionFilterProp="label"
          placeholder={t('audit.journal.kind')}
          aria-label={t('audit.journal.kind')}
          data-testid="audit-kind"
          options={kinds.map((kind) => ({ value: kind, label: kindText(kind) }))}
          onChange={(kind?: string) => setWanted({ ...wanted, kind })}
        />
        <PersonSelect
          allowClear
          inactive
          value={wanted.person ?? null}
          placeholder={t('audit.journal.person')}
          testId="audit-person"
          onChange={(person) => setWanted({ ...wanted, person: person ?? undefined })}
        />
        <FieldSelect onChange={(field) => setWanted({ ...wanted, field })} />
      </div>
      {query.isPending ? (
        <GridSkeleton />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : items.length === 0 && !query.hasNextPage ? (
        <EmptyState title={t('audit.journal.empty')} text={t('audit.journal.emptyText')} />
      ) : (
        <>
          <PlainTable
            testId="audit-journal"
            rows={items}
            rowKey={({ entry }) => entry.position}
            rowTestId={({ entry }) => `journal-${entry.type.replace(/-v\d+$/, '')}`}
            columns={columns}
          />
          {query.hasNextPage ? (
            <Button
              type="text"
              loading={query.isFetchingNextPage}
              onClick={() => void query.fetchNextPage()}
              data-testid="audit-more"
            >
              {t('audit.journal.more')}
            </Button>
          ) : null}
        </>
      )}
    </>
  );
}

/** Offers the fields that have a name; any other, such as a custom one, is typed. */
function FieldSelect({ onChange }: { onChange: (field: string | undefined) => void }) {
  const { t, i18n } = useTranslation();
  const [typed, setTyped] = useState('');
  const named = useMemo(() => {
    const fields = i18n.getResourceBundle(i18n.language, 'translation') as {
      fields: Record<string, string>;
      journal: { fields: Record<string, string> };
    };
    const seen = new Set<string>();
    return Object.entries({ ...fields.fields, ...fields.journal.fields })
      .filter(([, label]) => !seen.has(label) && seen.add(label))
      .map(([value, label]) => ({ value, label }));
  }, [i18n, i18n.language]);
  const own = typed.trim();
  const options = own === '' || named.some(({ label }) => label.includes(own)) ? named : [{ value: own, label: own }];
  return (
    <Select
      allowClear
      showSearch
      optionFilterProp="label"
      placeholder={t('audit.journal.field')}
      aria-label={t('audit.journal.field')}
      data-testid="audit-field"
      options={options}
      onSearch={setTyped}
      onChange={(field?: string) => onChange(field)}
    />
  );
}

function useColumns(): PlainColumn<AuditItem>[] {
  const { t } = useTranslation();
  return [
    { key: 'when', title: t('audit.when'), render: ({ entry }) => <Moment at={entry.at} /> },
    { key: 'who', title: t('audit.who'), render: (item) => <Who item={item} /> },
    { key: 'what', title: t('audit.what'), render: (item) => <What item={item} /> },
    {
      key: 'changes',
      title: t('audit.journal.changes'),
      render: (item) => {
        const { kind, recordId, entry } = item;
        if (item.erased) return <span className="faint">{t('audit.journal.erased')}</span>;
        const changes = (entry.changes ?? []).filter((change) => change.field !== 'lastActivityAt');
        const { notes = [], peak = 0 } = ((kind === 'accesslog' ? entry.data : null) as Reading | null) ?? {};
        return (
          <>
            {changes.length > 0 ? (
              <RecordChanges
                changes={changes}
                action={
                  isBusiness(kind) && entry.type.includes('-amended-')
                    ? (change) => (
                        <AuditRestore slice={sliceOf[kind]} id={recordId} change={change} version={entry.version - 1} />
                      )
                    : undefined
                }
              />
            ) : null}
            {notes.length === 0 && peak > 0 ? (
              <span className="soft">{t('audit.journal.peak', { count: peak })}</span>
            ) : null}
            {notes.map((note, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: what was noted never moves.
              <div key={at}>
                {noteText(note.type)} {note.slice ? sliceName(note.slice) : null}{' '}
                {note.detail && note.type === 'search' ? `“${note.detail}” ` : null}
                {note.detail && note.type === 'refused' ? `· ${verbName(note.detail)} ` : null}
                {note.count > 1 ? (
                  <span className="faint num">{t('audit.journal.hits', { count: note.count })}</span>
                ) : null}
              </div>
            ))}
          </>
        );
      },
    },
  ];
}

/** Of evidence the exact moment counts. */
function Moment({ at }: { at: string }) {
  return (
    <time dateTime={at} className="num soft">
      {useFormat().instant(at)}
    </time>
  );
}

function Who({ item: { entry } }: { item: AuditItem }) {
  const { t } = useTranslation();
  const { id, kind, name } = entry.by;
  const read = entry.type.startsWith('accesslog-') ? (entry.data as Reading | null) : undefined;
  // reading is written down by the server, but it was somebody who read
  if (read?.personId)
    return read.notes?.[0]?.via === 'key' ? (
      <span className="soft">{t('timeline.by.key')}</span>
    ) : (
      <Person id={read.personId} />
    );
  if (kind === 'key') return <span className="soft">{t('audit.journal.key', { name: name ?? '' })}</span>;
  if (name === null)
    return <span className="faint">{kind === 'user' ? t('people.unknown') : t(`timeline.by.${kind}`)}</span>;
  return (
    <span className="person">
      <Avatar id={id ?? kind} name={name} />
      <span className="clip">{name}</span>
    </span>
  );
}

function What({ item }: { item: AuditItem }) {
  const { kind, recordId, entry } = item;
  const said = eventText(entry.type);
  const name = useSubject(item);
  return (
    <>
      {said}
      <div>
        {isBusiness(kind) && name ? (
          <Link to={`/${sliceOf[kind]}/$id`} params={{ id: recordId }}>
            {shownName(name)}
          </Link>
        ) : (
          <span className="faint">{name ?? (said === kindText(kind) ? null : kindText(kind))}</span>
        )}
      </div>
    </>
  );
}

/** Whom or what it happened to, by name. */
function useSubject({ kind, recordId, recordName, entry }: AuditItem): string | undefined {
  const people = usePeople();
  const departments = useDepartments();
  const person = kind === 'user' ? recordId : kind === 'alert' ? entry.data?.personId : undefined;
  return (
    recordName ??
    people.find(({ id }) => id === person)?.name ??
    (kind === 'department' ? departments.nameOf(recordId) : undefined)
  );
}
