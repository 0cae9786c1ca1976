import { AimOutlined, FunnelPlotOutlined, PlusOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Funnel } from '../api/types';
import { PersonSelect } from '../people/PersonSelect';
import { usePipeline, usePipelines } from '../pipelines/pipelines';
import { serverNow } from '../platform/clock';
import { useMay } from '../rights/useRights';
import { PageHead, Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState, ErrorState, PageSkeleton } from '../ui/States';
import { FunnelChart } from './FunnelChart';
import { drillDown, FunnelStageTable } from './FunnelStageTable';
import { FunnelTargetBar } from './FunnelTargetBar';
import { FunnelTargetDialog } from './FunnelTargetDialog';
import { FunnelTimeMachine } from './FunnelTimeMachine';
import { FunnelWhatIf } from './FunnelWhatIf';
import { coverage, imagine, type Wishes } from './funnelMaths';
import { useFunnel, useFunnelMonths } from './useFunnel';
import './funnel.css';

export function FunnelPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/funnel' });
  const { all } = usePipelines();
  const pipeline = usePipeline(search.pipeline);
  const thisMonth = format.today(serverNow()).slice(0, 7);
  const hasMonths = useFunnelMonths();
  const month = search.month === 'all' || !hasMonths ? undefined : (search.month ?? thisMonth);
  // A past day means its end, on the tenant's clock.
  const at = search.day ? format.fromWall(dayjs(search.day).endOf('day').startOf('second')) : undefined;
  const query = useFunnel(pipeline?.key, { month, ownerId: search.owner, at, currency: search.currency });
  const [wishes, setWishes] = useState<Wishes>({});
  const go = (change: Partial<typeof search>) =>
    void navigate({ to: '/funnel', search: { ...search, ...change }, replace: true });

  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  if (!query.data || !pipeline) return <PageSkeleton />;
  const funnel = query.data;
  const empty = funnel.stages.every((stage) => stage.count === 0);

  return (
    <div className="page funnel-page">
      <PageHead title={t('funnel.title')} sub={search.day ? t('funnel.past', { day: format.day(search.day) }) : null} />
      <div className="funnel-bar">
        <Select
          value={pipeline.key}
          options={all.filter((each) => !each.retired).map((each) => ({ value: each.key, label: each.name }))}
          onChange={(key: string) => {
            setWishes({});
            go({ pipeline: key });
          }}
          popupMatchSelectWidth={false}
          aria-label={t('fields.pipeline')}
          data-testid="funnel-pipeline"
        />
        {hasMonths ? (
          <DatePicker
            picker="month"
            value={month ? dayjs(`${month}-01`) : null}
            placeholder={t('funnel.allMonths')}
            aria-label={t('funnel.month')}
            onChange={(value) => go({ month: value ? value.format('YYYY-MM') : 'all' })}
            data-testid="funnel-month"
          />
        ) : null}
        <div className="toolbar-person">
          <PersonSelect
            allowClear
            value={search.owner}
            placeholder={t('funnel.everyone')}
            onChange={(owner) => go({ owner: owner ?? undefined })}
            testId="funnel-owner"
          />
        </div>
        {funnel.currencies.length > 1 ? (
          <Select
            value={funnel.currency}
            options={funnel.currencies.map((value) => ({ value, label: value }))}
            onChange={(currency: string) => go({ currency })}
            aria-label={t('funnel.currency')}
          />
        ) : null}
      </div>
      <FunnelTimeMachine day={search.day} onDay={(day) => go({ day })} />
      <FunnelSummary
        funnel={funnel}
        month={month}
        ownerId={search.owner}
        wishes={wishes}
        past={search.day !== undefined}
      />
      {empty ? (
        <Panel>
          <EmptyState icon={<FunnelPlotOutlined />} title={t('funnel.empty')} text={t('funnel.emptyText')}>
            <Link to="/opportunities" search={{ create: true }} className="button-plain">
              <PlusOutlined /> {t('opportunities.create')}
            </Link>
          </EmptyState>
        </Panel>
      ) : (
        <div className="funnel-grid">
          <Panel className="funnel-picture">
            <FunnelChart
              funnel={funnel}
              onPick={(stage) =>
                void navigate({ to: '/opportunities', search: { where: drillDown(funnel, stage, search.owner) } })
              }
            />
          </Panel>
          <Panel>
            <FunnelStageTable funnel={funnel} ownerId={search.owner} />
          </Panel>
        </div>
      )}
      <FunnelWhatIf funnel={funnel} wishes={wishes} onWish={setWishes} />
    </div>
  );
}

function FunnelSummary(props: {
  funnel: Funnel;
  month: string | undefined;
  ownerId: string | undefined;
  wishes: Wishes;
  past: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const maySet = useMay('targets', 'set');
  const [setting, setSetting] = useState(false);
  const { funnel, month } = props;
  const share = coverage(funnel);
  const money = (amount: string | null) => format.money({ amount, currency: funnel.currency });
  const reached = funnel.gap !== null && Number(funnel.gap) === 0;
  return (
    <div className="summary">
      <div className="summary-figure">
        <span>{t('funnel.weighted')}</span>
        <strong className="num" data-testid="funnel-weighted" data-amount={funnel.weighted ?? ''}>
          {money(funnel.weighted)}
        </strong>
      </div>
      <div className="summary-figure">
        <span>{t('funnel.target')}</span>
        <strong
          className={funnel.target === null ? 'num faint' : 'num'}
          data-testid="funnel-target"
          data-amount={funnel.target ?? ''}
        >
          {funnel.target === null ? t('funnel.noTarget') : money(funnel.target)}
        </strong>
        {maySet && month && !props.past ? (
          <Button
            type="link"
            size="small"
            icon={<AimOutlined />}
            onClick={() => setSetting(true)}
            data-testid="funnel-set-target"
          >
            {t('funnel.setTarget')}
          </Button>
        ) : null}
      </div>
      <div className="summary-figure">
        <span>{t('funnel.gap')}</span>
        <strong
          className={funnel.gap === null ? 'num faint' : reached ? 'num reached-text' : 'num gap-text'}
          data-testid="funnel-gap"
          data-amount={funnel.gap ?? ''}
        >
          {funnel.gap === null ? '—' : reached ? t('funnel.reached') : money(funnel.gap)}
        </strong>
      </div>
      <div className="summary-bar">
        <span className="faint">
          {share === undefined ? null : t('funnel.ofTarget', { percent: `${Math.round(share * 100)}%` })}
        </span>
        <FunnelTargetBar funnel={funnel} imaginedCents={imagine(funnel, props.wishes).weightedCents} />
      </div>
      {setting && month ? (
        <FunnelTargetDialog funnel={funnel} month={month} ownerId={props.ownerId} onClose={() => setSetting(false)} />
      ) : null}
    </div>
  );
}
