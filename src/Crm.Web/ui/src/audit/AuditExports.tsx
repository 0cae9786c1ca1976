import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/useCommand';
import { useMe } from '../session/session';
import { Person } from '../ui/Avatar';
import { Ago, Chip, type Tone } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { type ExportRun, type ExportStatus, exportsApi } from './api';

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
const unfinished: readonly ExportStatus[] = ['waiting', 'queued', 'running'];

/** Exports that may be seen: one's own, and for those who approve, everybody's. */
export function AuditExports() {
  const { t } = useTranslation();
  const query = useQuery({
    queryKey: ['exports'],
    queryFn: exportsApi.list,
    refetchInterval: (state) =>
      state.state.data?.items.some((run) => unfinished.includes(run.status)) ? 1_000 : false,
  });
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.data.items.length === 0)
    return <EmptyState title={t('audit.exports.empty')} text={t('audit.exports.emptyText')} />;
  return (
    <div className="table-box">
      <table className="plain-table" data-testid="exports">
        <thead>
          <tr>
            <th>{t('audit.who')}</th>
            <th>{t('audit.what')}</th>
            <th>{t('audit.when')}</th>
            <th>{t('fields.status')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {query.data.items.map((run) => (
            <ExportRow key={run.id} run={run} reload={() => void query.refetch()} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ExportRow({ run, reload }: { run: ExportRun; reload: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { user } = useMe();
  const approve = useCommand(exportsApi.approve, reload);
  const refuse = useCommand(exportsApi.refuse, reload);
  const mine = run.ownerId === user.id;
  return (
    <tr data-testid={`export-${run.status}`}>
      <td>
        <Person id={run.ownerId} />
      </td>
      <td>
        {run.slice} · {run.format.toUpperCase()} · <span className="num">{format.number(run.rows)}</span>
        {(run.filter ?? run.q) ? <div className="faint clip">{run.filter ?? run.q}</div> : null}
      </td>
      <td>
        <Ago at={run.requestedAt} />
      </td>
      <td>
        <Chip tone={tones[run.status]} dot>
          {t(`audit.exports.status.${run.status}`)}
        </Chip>{' '}
        <span className="faint">{run.reason}</span>
      </td>
      <td className="right">
        {run.status === 'done' && mine ? (
          <a className="button-plain" href={`/api/exports/${run.id}/file`} download data-testid="export-file">
            {t('audit.exports.download')}
          </a>
        ) : null}
        {run.status === 'waiting' && !mine ? (
          <>
            <Button size="small" type="primary" onClick={() => approve.mutate(run.id)} data-testid="export-approve">
              {t('audit.exports.approve')}
            </Button>{' '}
            <Button size="small" onClick={() => refuse.mutate(run.id)}>
              {t('audit.exports.refuse')}
            </Button>
          </>
        ) : null}
      </td>
    </tr>
  );
}
