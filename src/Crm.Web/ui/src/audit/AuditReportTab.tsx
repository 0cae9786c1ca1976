import { DownloadOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { queryString } from '../api/client';
import { serverNow } from '../platform/clock';
import { Panel } from '../ui/Bits';
import { DayRange, type Days } from '../ui/DayRange';
import { useFormat } from '../ui/format';
import { PlainTable } from '../ui/PlainTable';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { auditApi, reportTopics } from './api';
import { itemText } from './journalText';

/** Counts of what the law and auditors ask after, for a time, here and as a file. */
export function AuditReportTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const start = useMemo<Days>(() => {
    const today = dayjs(format.today(serverNow()));
    return { from: format.fromWall(today.subtract(29, 'day')), to: format.fromWall(today.add(1, 'day')) };
  }, [format]);
  const [days, setDays] = useState<Days>(start);
  const query = useQuery({
    queryKey: ['compliance', days],
    queryFn: () => auditApi.report(days),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  return (
    <>
      <p className="soft audit-lead">{t('audit.report.lead')}</p>
      <div className="audit-filters">
        <DayRange value={days} onChange={setDays} allowClear={false} testId="report-days" />
        <a
          className="button-plain"
          href={`/api/audit/report${queryString({ ...days, format: 'csv' })}`}
          download
          data-testid="report-file"
        >
          <DownloadOutlined /> {t('audit.report.file')}
        </a>
      </div>
      {query.isPending ? (
        <GridSkeleton />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data.lines.length === 0 ? (
        <EmptyState title={t('audit.report.empty')} />
      ) : (
        <div className="audit-report" data-testid="report">
          {reportTopics.map((topic) => {
            const lines = query.data.lines.filter((line) => line.topic === topic);
            if (lines.length === 0) return null;
            const total = lines.reduce((sum, { count }) => sum + count, 0);
            return (
              <Panel
                key={topic}
                title={t(`audit.report.topics.${topic}`)}
                extra={<b className="num">{format.number(total)}</b>}
                testId={`report-${topic}`}
              >
                <PlainTable
                  testId={`report-lines-${topic}`}
                  rows={lines}
                  narrow
                  rowKey={(line) => line.item}
                  columns={[
                    { key: 'item', title: t('audit.what'), render: (line) => itemText(line.item) },
                    {
                      key: 'count',
                      title: t('audit.report.count'),
                      right: true,
                      render: (line) => <span className="num">{format.number(line.count)}</span>,
                    },
                    {
                      key: 'people',
                      title: t('audit.report.people'),
                      right: true,
                      render: (line) => <span className="num">{format.number(line.people)}</span>,
                    },
                  ]}
                />
              </Panel>
            );
          })}
        </div>
      )}
    </>
  );
}
