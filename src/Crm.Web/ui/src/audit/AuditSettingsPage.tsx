import { useQuery } from '@tanstack/react-query';
import { Button, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCommand } from '../api/useCommand';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { Person } from '../ui/Avatar';
import { Ago, Chip, PageHead } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { AuditExports } from './AuditExports';
import { AuditSearchTab } from './AuditSearchTab';
import { auditApi } from './api';

/** What was done, looked at and taken out, and what somebody should look at. */
export function AuditSettingsPage() {
  const { t } = useTranslation();
  if (!usePlace('audit')) return <AppForbidden />;
  const tab = (key: 'alerts' | 'exports' | 'journal' | 'report') => (
    <span data-testid={`tab-${key}`}>{t(`audit.tab.${key}`)}</span>
  );
  return (
    <div className="page settings">
      <PageHead title={t('audit.title')} />
      <Tabs
        items={[
          { key: 'alerts', label: tab('alerts'), children: <AlertsTab /> },
          { key: 'exports', label: tab('exports'), children: <AuditExports /> },
          { key: 'journal', label: tab('journal'), children: <AuditSearchTab /> },
          { key: 'report', label: tab('report'), children: <ReportTab /> },
        ]}
      />
    </div>
  );
}

function AlertsTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery({ queryKey: ['alerts'], queryFn: auditApi.alerts, refetchInterval: 5_000 });
  const release = useCommand(auditApi.release, () => void query.refetch());
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.data.items.length === 0)
    return <EmptyState title={t('audit.alerts.empty')} text={t('audit.alerts.emptyText')} />;
  return (
    <div className="table-box">
      <table className="plain-table" data-testid="alerts">
        <thead>
          <tr>
            <th>{t('audit.who')}</th>
            <th>{t('audit.what')}</th>
            <th>{t('audit.when')}</th>
            <th>{t('audit.alerts.step')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {query.data.items.map((alert) => (
            <tr key={alert.id} data-testid={`alert-${alert.type}`}>
              <td>
                <Person id={alert.personId} />
              </td>
              <td>
                {t(`audit.alerts.type.${alert.type}`)}
                {alert.type === 'unusual-reading' ? (
                  <div className="faint">
                    {t('audit.alerts.numbers', {
                      count: alert.count,
                      read: format.number(alert.count),
                      usual: format.number(alert.usual),
                    })}
                  </div>
                ) : null}
              </td>
              <td>
                <Ago at={alert.raisedAt} />
              </td>
              <td>
                <Chip tone={alert.status === 'released' ? 'plain' : alert.step === 'tell' ? 'warn' : 'bad'} dot>
                  {alert.status === 'released' ? t('audit.alerts.released') : t(`audit.alerts.steps.${alert.step}`)}
                </Chip>
              </td>
              <td className="right">
                {alert.status === 'open' ? (
                  <Button size="small" onClick={() => release.mutate(alert.id)} data-testid="alert-release">
                    {t('audit.alerts.release')}
                  </Button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ReportTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const query = useQuery({ queryKey: ['compliance'], queryFn: auditApi.report });
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <p className="soft">
        {t('audit.report.lead', { from: format.instant(query.data.from), to: format.instant(query.data.to) })}{' '}
        <a className="button-plain" href="/api/audit/report?format=csv" download data-testid="report-file">
          {t('audit.report.file')}
        </a>
      </p>
      <div className="table-box">
        <table className="plain-table" data-testid="report">
          <thead>
            <tr>
              <th>{t('audit.report.topic')}</th>
              <th>{t('audit.what')}</th>
              <th className="right">{t('audit.report.count')}</th>
              <th className="right">{t('audit.report.people')}</th>
            </tr>
          </thead>
          <tbody>
            {query.data.lines.map((line) => (
              <tr key={`${line.topic} ${line.item}`}>
                <td>{t(`audit.report.topics.${line.topic}`)}</td>
                <td className="soft">{line.item}</td>
                <td className="right num">{format.number(line.count)}</td>
                <td className="right num">{format.number(line.people)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
