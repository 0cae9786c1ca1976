import { CloudUploadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { keys } from '../api/cache';
import { imports } from '../api/crm';
import { useMay } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { ImportStatusChip } from './ImportStatusChip';
import './imports.css';

export function ImportListPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const mayCreate = useMay('imports', 'create');
  const navigate = useNavigate();
  const query = useQuery({ queryKey: keys.imports, queryFn: imports.list, staleTime: 0 });
  const items = query.data?.items ?? [];
  return (
    <div className="page">
      <PageHead title={t('imports.title')}>
        {mayCreate ? (
          <Link to="/imports/new" className="button-plain primary" data-testid="import-new">
            <CloudUploadOutlined /> {t('imports.new')}
          </Link>
        ) : null}
      </PageHead>
      {query.isPending ? (
        <GridSkeleton />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState icon={<CloudUploadOutlined />} title={t('imports.empty')} text={t('imports.emptyText')}>
          {mayCreate ? (
            <Link to="/imports/new" className="button-plain">
              {t('imports.new')}
            </Link>
          ) : null}
        </EmptyState>
      ) : (
        <div className="table-box">
          <table className="plain-table pin-first import-table">
            <thead>
              <tr>
                <th>{t('imports.file')}</th>
                <th>{t('fields.status')}</th>
                <th className="right">{t('imports.created')}</th>
                <th className="right">{t('imports.merged')}</th>
                <th className="right">{t('imports.refused')}</th>
                <th className="right">{t('imports.started')}</th>
              </tr>
            </thead>
            <tbody>
              {items.map((run) => (
                <tr key={run.id} onClick={() => void navigate({ to: '/imports/$id', params: { id: run.id } })}>
                  <td>
                    <Link to="/imports/$id" params={{ id: run.id }} className="cell-name">
                      {run.fileName}
                    </Link>
                  </td>
                  <td>
                    <ImportStatusChip status={run.status} />
                  </td>
                  <td className="right num">{format.number(run.created)}</td>
                  <td className="right num">{format.number(run.merged)}</td>
                  <td className="right num">{format.number(run.refused)}</td>
                  <td className="right num soft">{run.startedAt ? format.instantShort(run.startedAt) : null}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </div>
  );
}
