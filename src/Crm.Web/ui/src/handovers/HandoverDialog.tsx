import { useQuery } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import type { User } from '../api/types';
import { useCommand } from '../api/useCommand';
import { type ServerSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { PersonSelect } from '../people/PersonSelect';
import { sliceName } from '../rights/words';
import { PlainTable } from '../ui/PlainTable';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { type Handover, type HandoverPreview, handoverApi, handoverKey } from './api';
import { HandoverProgress } from './HandoverProgress';
import './handovers.css';

/** Somebody leaves: what there is, who gets it, one click, and how it went. */
export function HandoverDialog({ person, onClose }: { person: User; onClose: () => void }) {
  const { t } = useTranslation();
  const [running, setRunning] = useState<string>();
  const preview = useQuery({
    queryKey: ['handover-preview', person.id],
    queryFn: () => handoverApi.preview(person.id),
    staleTime: 0,
    enabled: running === undefined,
  });
  const [to, setTo] = useState<string[]>([]);
  const [shares, setShares] = useState<Record<string, string[]>>({});
  const start = useCommand(handoverApi.request, ({ id }) => {
    setRunning(id);
    void cache.invalidateQueries({ queryKey: keys.users });
    void cache.invalidateQueries({ queryKey: handoverKey });
  });
  const total = preview.data?.total ?? 0;
  const request = () =>
    start.mutate({
      fromId: person.id,
      to,
      shares: Object.entries(shares)
        .filter(([, people]) => people.length > 0)
        .map(([slice, people]) => ({ slice, to: people })),
    });
  return (
    <Modal
      open
      width={640}
      title={t('handovers.title', { name: person.name })}
      onCancel={onClose}
      mask={{ closable: false }}
      footer={
        running ? (
          <Button type="primary" onClick={onClose} data-testid="handover-close">
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button
              type="primary"
              danger
              disabled={!preview.data || to.length === 0}
              loading={start.isPending}
              onClick={request}
              data-testid="handover-start"
            >
              {total === 0 ? t('handovers.startNone') : t('handovers.start', { count: total })}
            </Button>
          </>
        )
      }
    >
      {running ? (
        <Running id={running} />
      ) : (
        <>
          <p className="soft">{t('handovers.lead', { name: person.name })}</p>
          <div className="handover-to">
            <strong>{t('handovers.to')}</strong>
            <PersonSelect
              many
              value={to}
              onChange={setTo}
              without={person.id}
              placeholder={t('handovers.to')}
              testId="handover-to"
            />
            <span className="faint">{t('handovers.toText')}</span>
          </div>
          {preview.isPending ? <LinesSkeleton lines={5} /> : null}
          {preview.isError ? <ErrorState error={preview.error} retry={() => void preview.refetch()} /> : null}
          {preview.data ? (
            <Preview
              person={person}
              preview={preview.data}
              shares={shares}
              share={(slice, people) => setShares({ ...shares, [slice]: people })}
            />
          ) : null}
        </>
      )}
    </Modal>
  );
}

function Preview(props: {
  person: User;
  preview: HandoverPreview;
  shares: Record<string, string[]>;
  share: (slice: string, people: string[]) => void;
}) {
  const { t } = useTranslation();
  const { person, preview } = props;
  const { name } = person;
  const rows = preview.slices.filter(({ count }) => count > 0);
  const and = t('tenant.and');
  return (
    <>
      {rows.length === 0 ? (
        <p className="soft" data-testid="handover-nothing">
          {t('handovers.nothing', { name })}
        </p>
      ) : (
        <PlainTable
          testId="handover-preview"
          rows={rows}
          rowKey={(row) => row.slice}
          rowTestId={(row) => `handover-${row.slice}`}
          columns={[
            { key: 'slice', title: t('handovers.what'), render: (row) => sliceName(row.slice) },
            {
              key: 'count',
              title: t('handovers.count'),
              right: true,
              render: (row) => <b className="num">{row.count}</b>,
            },
            {
              key: 'steps',
              title: t('handovers.steps'),
              right: true,
              render: (row) => <span className="num soft">{row.openSteps}</span>,
            },
            {
              key: 'others',
              title: t('handovers.others'),
              render: (row) => (
                <PersonSelect
                  many
                  size="small"
                  value={props.shares[row.slice] ?? []}
                  onChange={(people) => props.share(row.slice, people)}
                  without={person.id}
                  placeholder={t('handovers.sameAsAbove')}
                  testId={`handover-to-${row.slice}`}
                />
              ),
            },
          ]}
        />
      )}
      <ul className="handover-notes soft">
        {preview.targetsKept > 0 ? <li>{t('handovers.targetsKept', { count: preview.targetsKept, name })}</li> : null}
        {preview.departments.length > 0 ? (
          <li>{t('handovers.departments', { names: preview.departments.join(and) })}</li>
        ) : null}
        {preview.reports.length > 0 ? <li>{t('handovers.reports', { names: preview.reports.join(and) })}</li> : null}
      </ul>
    </>
  );
}

function Running({ id }: { id: string }) {
  const key = ['handover', id] as const;
  const query = useQuery({ queryKey: key, queryFn: () => handoverApi.get(id) });
  useTopic<ServerSays<Handover | null, Handover | null>>(topics.handover(id), ({ data }) => {
    if (data) cache.setQueryData<Handover>(key, data);
  });
  if (query.isPending) return <LinesSkeleton lines={2} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <HandoverProgress handover={query.data} />;
}
