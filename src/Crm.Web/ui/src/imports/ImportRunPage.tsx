import { DownloadOutlined, UndoOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { cache, keepNewer, keys, newer } from '../api/cache';
import { imports } from '../api/crm';
import { isKnown } from '../api/explain';
import type { ImportRun } from '../api/types';
import { useCommand } from '../api/useCommand';
import { type ImportSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import { PageHead, Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { ErrorState, PageSkeleton } from '../ui/States';
import { ImportStatusChip } from './ImportStatusChip';
import { ImportSteps } from './ImportWizardPage';
import './imports.css';

const working = (run: ImportRun): boolean =>
  run.status === 'queued' || run.status === 'running' || run.status === 'undoing';

export function ImportRunPage() {
  const { t } = useTranslation();
  const { id } = useParams({ from: '/shell/imports/$id' });
  const query = useQuery({
    queryKey: keys.importRun(id),
    queryFn: () => imports.get(id),
    structuralSharing: keepNewer,
    staleTime: 0,
    // The topic brings every change; this only covers a line that is down.
    refetchInterval: (state) => (state.state.data && working(state.state.data) ? 3_000 : false),
  });
  useTopic<ImportSays>(topics.imported(id), (message) =>
    cache.setQueryData<ImportRun>(keys.importRun(id), (known) => newer(known, message.data)),
  );
  const undo = useCommand(
    () => imports.undo(id),
    () => void query.refetch(),
  );
  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  const run = query.data;
  return (
    <div className="page import-page" data-testid="import-run" data-status={run.status}>
      <PageHead title={run.fileName} sub={<ImportStatusChip status={run.status} />}>
        {run.status === 'done' || run.status === 'failed' ? (
          <Button
            icon={<UndoOutlined />}
            loading={undo.isPending}
            onClick={() => undo.mutate(undefined)}
            data-testid="import-undo"
          >
            {t('imports.undo')}
          </Button>
        ) : null}
        <Link to="/imports/new" className="button-plain">
          {t('imports.another')}
        </Link>
      </PageHead>
      <ImportSteps at={2} />
      <ImportFigures run={run} />
      {run.status === 'undone' && (run.kept ?? 0) > 0 ? (
        <div className="notice notice-warn">{t('imports.keptText', { count: run.kept ?? 0 })}</div>
      ) : null}
      {run.status === 'failed' ? <div className="notice notice-bad">{t('imports.failedText')}</div> : null}
      <ImportProblems run={run} />
    </div>
  );
}

function ImportFigures({ run }: { run: ImportRun }) {
  const { t } = useTranslation();
  const format = useFormat();
  const total = run.total ?? run.read;
  const percent =
    run.status === 'done' || run.status === 'undone' ? 100 : total > 0 ? Math.floor((run.read / total) * 100) : 0;
  const figures = [
    { key: 'read', value: run.read, tone: '' },
    { key: 'created', value: run.created, tone: 'good' },
    { key: 'merged', value: run.merged, tone: '' },
    { key: 'refused', value: run.refused, tone: run.refused > 0 ? 'bad' : '' },
  ] as const;
  return (
    <Panel>
      <Progress
        percent={percent}
        status={
          run.status === 'failed'
            ? 'exception'
            : working(run)
              ? 'active'
              : run.status === 'undone'
                ? 'normal'
                : 'success'
        }
        data-testid="import-progress"
      />
      <div className="import-figures">
        {figures.map((figure) => (
          <div key={figure.key}>
            <span>{t(`imports.${figure.key}`)}</span>
            <strong className={`num tone-${figure.tone}`} data-testid={`import-${figure.key}`}>
              {format.number(figure.value)}
              {figure.key === 'read' && run.total ? <em>/{format.number(run.total)}</em> : null}
            </strong>
          </div>
        ))}
        {run.status === 'undone' || (run.kept ?? 0) > 0 ? (
          <div>
            <span>{t('imports.kept')}</span>
            <strong className="num" data-testid="import-kept">
              {format.number(run.kept ?? 0)}
            </strong>
          </div>
        ) : null}
        <span className="grow" />
        {run.status === 'done' ? (
          <Link to="/leads" search={{ sort: '-createdAt' }} className="import-see">
            {t('imports.seeLeads')}
          </Link>
        ) : null}
      </div>
    </Panel>
  );
}

function ImportProblems({ run }: { run: ImportRun }) {
  const { t } = useTranslation();
  const problems = run.problems ?? [];
  if (problems.length === 0) return null;
  return (
    <Panel
      title={t('imports.problems')}
      testId="import-problems"
      extra={
        <a href={imports.errorsUrl(run.id)} download className="import-see" data-testid="import-errors">
          <DownloadOutlined /> {t('imports.download')}
        </a>
      }
    >
      <div className="table-box import-problems">
        <table className="plain-table">
          <thead>
            <tr>
              <th className="right">{t('imports.row')}</th>
              <th>{t('imports.column')}</th>
              <th>{t('imports.reason')}</th>
              <th>{t('imports.value')}</th>
            </tr>
          </thead>
          <tbody>
            {problems.map((problem) => (
              <tr key={`${problem.row}-${problem.column}-${problem.code}`}>
                <td className="right num">{problem.row}</td>
                <td>{problem.column}</td>
                <td>
                  {isKnown(problem.code) ? t(`problems.${problem.code}` as 'problems.field-required') : problem.message}
                </td>
                <td className="faint">{problem.value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}
