import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { PlainTable } from '../ui/PlainTable';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { type Anchors, auditApi } from './api';

/** Whether the journal is still what it was: the places where its chain ended, written down outside of it. */
export function AuditAnchorsTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const [whole, setWhole] = useState(false);
  const query = useQuery({
    queryKey: ['anchors', whole],
    queryFn: () => auditApi.anchors(whole),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
  const check = () => (whole ? void query.refetch() : setWhole(true));
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <p className="soft audit-lead">{t('audit.anchors.lead')}</p>
      <div className="audit-filters">
        <Verdict anchors={query.data} />
        <Button onClick={check} loading={query.isFetching} data-testid="anchors-check">
          {t('audit.anchors.check')}
        </Button>
      </div>
      {query.data.items.length === 0 ? (
        <EmptyState title={t('audit.anchors.empty')} text={t('audit.anchors.emptyText')} />
      ) : (
        <Panel
          title={t('audit.anchors.title')}
          extra={<b className="num">{format.number(query.data.count)}</b>}
          testId="anchors"
        >
          <PlainTable
            testId="anchors-list"
            rows={query.data.items}
            rowKey={(anchor) => `${anchor.at} ${anchor.position}`}
            columns={[
              { key: 'at', title: t('audit.when'), render: (anchor) => format.instant(anchor.at) },
              {
                key: 'position',
                title: t('audit.anchors.position'),
                right: true,
                render: (anchor) => <span className="num">{format.number(anchor.position)}</span>,
              },
              {
                key: 'hash',
                title: t('audit.anchors.hash'),
                render: (anchor) => <code className="audit-hash">{anchor.hash}</code>,
              },
            ]}
          />
        </Panel>
      )}
    </>
  );
}

function Verdict({ anchors }: { anchors: Anchors }) {
  const { t } = useTranslation();
  const format = useFormat();
  const numbers = {
    head: format.number(anchors.head),
    anchors: format.number(anchors.count),
    position: format.number(anchors.fault?.position ?? 0),
  };
  if (anchors.fault)
    return (
      <b className="audit-verdict broken" role="alert" data-testid="anchors-broken" title={anchors.fault.reason}>
        <CloseCircleFilled /> {t('audit.anchors.broken', numbers)}
      </b>
    );
  return (
    <b className="audit-verdict" data-testid={anchors.wholeChain ? 'anchors-whole' : 'anchors-hold'}>
      <CheckCircleFilled /> {t(anchors.wholeChain ? 'audit.anchors.whole' : 'audit.anchors.hold', numbers)}
    </b>
  );
}
