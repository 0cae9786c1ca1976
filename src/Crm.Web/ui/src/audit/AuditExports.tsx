import { DownloadOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { useCommand } from '../api/useCommand';
import { useLiveItems } from '../live/useLiveItems';
import { useRights } from '../rights/useRights';
import { sliceName } from '../rights/words';
import { useMe } from '../session/session';
import { AskNote } from '../ui/AskNote';
import { Person } from '../ui/Avatar';
import { Ago, Chip, type Tone } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { QueryTable } from '../ui/PlainTable';
import { type ExportRun, type ExportStatus, exportsApi, exportsTopic } from './api';

const tones: Record<ExportStatus, Tone> = {
  denied: 'bad',
  waiting: 'warn',
  queued: 'accent',
  running: 'accent',
  done: 'good',
  refused: 'bad',
  failed: 'bad',
  expired: 'plain',
};
const key = ['exports'] as const;
const newestFirst = (a: ExportRun, b: ExportRun) => (a.requestedAt < b.requestedAt ? 1 : -1);

/** Exports that may be seen: one's own, and for those who approve, everybody's. */
export function AuditExports() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useLiveItems<ExportRun>(key, exportsApi.list, exportsTopic, newestFirst);
  return (
    <>
      <p className="soft audit-lead">{t('audit.exports.lead')}</p>
      <QueryTable<ExportRun>
        query={query}
        empty={{ title: t('audit.exports.empty'), text: t('audit.exports.emptyText') }}
        testId="exports"
        rowKey={(run) => run.id}
        rowTestId={(run) => `export-${run.status}`}
        columns={[
          {
            key: 'who',
            title: t('audit.who'),
            render: (run) => <Person id={run.ownerId} other={t('timeline.by.key')} />,
          },
          {
            key: 'what',
            title: t('audit.what'),
            render: (run) => (
              <>
                <strong>{sliceName(run.slice)}</strong>{' '}
                <span className="soft num">
                  {t('audit.exports.rows', { rows: format.number(run.rows) })} · {run.format.toUpperCase()}
                </span>
                {run.q ? <div className="faint clip">“{run.q}”</div> : null}
                {run.filter ? (
                  <Tooltip title={run.filter}>
                    <div className="faint">{t('audit.exports.filtered')}</div>
                  </Tooltip>
                ) : null}
              </>
            ),
          },
          { key: 'when', title: t('audit.when'), render: (run) => <Ago at={run.requestedAt} /> },
          {
            key: 'status',
            title: t('fields.status'),
            render: (run) => (
              <>
                <Chip tone={tones[run.status]} dot>
                  {t(`audit.exports.status.${run.status}`)}
                </Chip>
                {run.reason ? <div className="faint">{run.reason}</div> : null}
              </>
            ),
          },
          { key: 'actions', title: '', right: true, render: (run) => <ExportActions run={run} /> },
        ]}
      />
    </>
  );
}

function ExportActions({ run }: { run: ExportRun }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { user } = useMe();
  const rights = useRights();
  const [refusing, setRefusing] = useState(false);
  const reload = () => {
    setRefusing(false);
    void cache.invalidateQueries({ queryKey: key });
  };
  const approve = useCommand(exportsApi.approve, reload);
  const refuse = useCommand((reason: string | undefined) => exportsApi.refuse(run.id, reason), reload);
  const mine = run.ownerId === user.id;
  if (run.status === 'done' && mine)
    return (
      <>
        <a className="button-plain" href={`/api/exports/${run.id}/file`} download data-testid="export-file">
          <DownloadOutlined /> {t('audit.exports.download')}
        </a>
        {run.keptUntil ? (
          <div className="faint">{t('audit.exports.keptUntil', { at: format.instantShort(run.keptUntil) })}</div>
        ) : null}
      </>
    );
  if (run.status !== 'waiting' || mine) return null;
  return (
    <span className="audit-actions">
      {rights.may('exports', 'approve') ? (
        <Button
          size="small"
          type="primary"
          loading={approve.isPending}
          onClick={() => approve.mutate(run.id)}
          data-testid="export-approve"
        >
          {t('audit.exports.approve')}
        </Button>
      ) : null}
      {rights.may('exports', 'refuse') ? (
        <Button size="small" onClick={() => setRefusing(true)} data-testid="export-refuse">
          {t('audit.exports.refuse')}
        </Button>
      ) : null}
      {refusing ? (
        <AskNote
          title={t('audit.exports.refuseTitle')}
          text={t('audit.exports.refuseText')}
          label={t('audit.exports.reason')}
          okText={t('audit.exports.refuse')}
          danger
          busy={refuse.isPending}
          testId="export-refuse"
          onOk={(reason) => refuse.mutate(reason)}
          onCancel={() => setRefusing(false)}
        />
      ) : null}
    </span>
  );
}
