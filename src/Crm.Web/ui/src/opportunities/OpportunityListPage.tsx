import { AppstoreOutlined, PlusOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Condition } from '../api/filter';
import { lossReasons, type Opportunity } from '../api/types';
import { stageNames, usePipelines } from '../pipelines/pipelines';
import type { FilterField } from '../records/RecordFilterBar';
import type { Column } from '../records/RecordGrid';
import { RecordListView } from '../records/RecordListView';
import { useRights } from '../rights/useRights';
import { useMe } from '../session/session';
import { Person } from '../ui/Avatar';
import { Ago, Countdown, MoneyText } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { EmptyState } from '../ui/States';
import { OpportunityCreateDrawer } from './OpportunityCreateDrawer';
import { OpportunityStatusChip } from './OpportunityStatusChip';
import './opportunities.css';

export function OpportunityListPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/opportunities' });
  const { user } = useMe();
  const columns = useOpportunityColumns();
  const fields = useOpportunityFilters(search.where ?? []);
  const mayCreate = useRights().mayCreate('opportunities');
  const setCreate = (create: boolean) =>
    void navigate({ to: '/opportunities', search: { ...search, create: create || undefined } });
  const open: Condition = { field: 'status', op: 'in', value: ['open'] };
  const views = [
    { key: 'all', label: t('opportunities.views.all'), where: [] },
    { key: 'open', label: t('opportunities.views.open'), where: [open] },
    {
      key: 'mine',
      label: t('opportunities.views.mine'),
      where: [open, { field: 'ownerId', op: 'in', value: [user.id] }],
    },
    { key: 'overdue', label: t('opportunities.views.overdue'), where: [{ field: 'overdue', op: 'eq', value: true }] },
    { key: 'won', label: t('opportunities.views.won'), where: [{ field: 'status', op: 'in', value: ['won'] }] },
    { key: 'lost', label: t('opportunities.views.lost'), where: [{ field: 'status', op: 'in', value: ['lost'] }] },
  ] as const;

  return (
    <>
      <RecordListView<'opportunities'>
        slice="opportunities"
        title={t('nav.opportunities')}
        search={search}
        defaultSort="-createdAt"
        sum="amount"
        columns={columns}
        fields={fields}
        views={views}
        actions={
          <>
            <Link to="/board" className="button-plain">
              <AppstoreOutlined />
              <span className="desktop-only">{t('nav.board')}</span>
            </Link>
            {mayCreate ? (
              <Button
                type="primary"
                icon={<PlusOutlined />}
                onClick={() => setCreate(true)}
                data-testid="opportunity-create"
              >
                {t('opportunities.create')}
              </Button>
            ) : null}
          </>
        }
        phoneRow={(row) => <OpportunityPhoneRow row={row} />}
        empty={
          <EmptyState icon={<AppstoreOutlined />} title={t('opportunities.empty')} text={t('opportunities.emptyText')}>
            {mayCreate ? (
              <Button type="primary" onClick={() => setCreate(true)}>
                {t('opportunities.create')}
              </Button>
            ) : null}
          </EmptyState>
        }
      />
      <OpportunityCreateDrawer open={search.create ?? false} onClose={() => setCreate(false)} />
    </>
  );
}

function StageName({ row }: { row: Opportunity }) {
  const { all } = usePipelines();
  const stage = all.find((each) => each.key === row.pipeline)?.stages.find((each) => each.key === row.stage);
  return (
    <span className="stage-name">
      <i style={{ ['--rate' as string]: `${stage?.winRate ?? 0}%` }} />
      <span className="clip">{stage?.name ?? row.stage}</span>
    </span>
  );
}

function Day({ day }: { day: string | null }) {
  const format = useFormat();
  return day ? <span className="num">{format.day(day)}</span> : null;
}

function useOpportunityColumns(): Column<Opportunity>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('fields.opportunityName'),
        width: 200,
        sort: 'name',
        render: (row) => (
          <Link
            to="/opportunities/$id"
            params={{ id: row.id }}
            className="cell-name"
            onClick={(event) => event.stopPropagation()}
          >
            <span className="clip">{row.name}</span>
          </Link>
        ),
      },
      {
        key: 'customerName',
        title: t('fields.customerId'),
        width: 190,
        render: (row) => <span className="clip soft">{row.customerName}</span>,
      },
      {
        key: 'amount',
        title: t('fields.amount'),
        width: 120,
        sort: 'amount',
        align: 'right',
        render: (row) => <MoneyText money={row.amount} />,
      },
      { key: 'stage', title: t('fields.stage'), width: 164, sort: 'stage', render: (row) => <StageName row={row} /> },
      {
        key: 'status',
        title: t('fields.status'),
        width: 96,
        sort: 'status',
        render: (row) => <OpportunityStatusChip status={row.status} />,
      },
      { key: 'owner', title: t('fields.ownerId'), width: 112, render: (row) => <Person id={row.ownerId} /> },
      {
        key: 'expectedCloseOn',
        title: t('fields.expectedCloseOn'),
        width: 130,
        sort: 'expectedCloseOn',
        render: (row) => <Day day={row.expectedCloseOn} />,
      },
      {
        key: 'nextStep',
        title: t('fields.nextStep'),
        width: 190,
        render: (row) =>
          row.nextStep ? (
            <span className="cell-step">
              <Countdown to={row.nextStep.dueAt} />
              <span className="clip">{row.nextStep.text}</span>
            </span>
          ) : null,
      },
      {
        key: 'closedOn',
        title: t('fields.closedOn'),
        width: 120,
        sort: 'closedOn',
        hidden: true,
        render: (row) => <Day day={row.closedOn} />,
      },
      {
        key: 'lastActivityAt',
        title: t('fields.lastActivityAt'),
        width: 110,
        sort: 'lastActivityAt',
        hidden: true,
        render: (row) => <Ago at={row.lastActivityAt} />,
      },
      {
        key: 'createdAt',
        title: t('fields.createdAt'),
        width: 110,
        sort: 'createdAt',
        hidden: true,
        render: (row) => <Ago at={row.createdAt} />,
      },
    ],
    [t],
  );
}

function useOpportunityFilters(where: readonly Condition[]): FilterField[] {
  const { t } = useTranslation();
  const { all } = usePipelines();
  // of one pipeline the stages have one name each
  const chosen = where.flatMap(({ field, value }) => (field === 'pipeline' && value !== undefined ? value : []));
  const stages = stageNames(all, chosen.length === 1 ? String(chosen[0]) : undefined);
  return [
    {
      key: 'pipeline',
      label: t('fields.pipeline'),
      kind: 'choice',
      options: all.map((each) => ({ value: each.key, label: each.name })),
    },
    {
      key: 'stage',
      label: t('fields.stage'),
      kind: 'choice',
      options: [...stages].map(([value, label]) => ({ value, label })),
    },
    {
      key: 'status',
      label: t('fields.status'),
      kind: 'choice',
      options: (['open', 'won', 'lost'] as const).map((value) => ({ value, label: t(`statuses.${value}`) })),
    },
    { key: 'ownerId', label: t('fields.ownerId'), kind: 'person' },
    { key: 'amount', label: t('fields.amount'), kind: 'number' },
    { key: 'name', label: t('fields.name'), kind: 'text' },
    { key: 'customerId', label: t('fields.customerId'), kind: 'record', slice: 'customers' },
    { key: 'customerName', label: t('fields.customerId'), kind: 'text' },
    { key: 'expectedCloseOn', label: t('fields.expectedCloseOn'), kind: 'day' },
    { key: 'closedOn', label: t('fields.closedOn'), kind: 'day' },
    { key: 'funnelMonth', label: t('fields.funnelMonth'), kind: 'funnel-month' },
    { key: 'overdue', label: t('fields.overdue'), kind: 'flag' },
    {
      key: 'lossReason',
      label: t('fields.lossReason'),
      kind: 'choice',
      options: lossReasons.map((value) => ({ value, label: t(`lossReasons.${value}`) })),
    },
    { key: 'competitor', label: t('fields.competitor'), kind: 'text', repeats: true },
    { key: 'createdAt', label: t('fields.createdAt'), kind: 'instant' },
  ];
}

function OpportunityPhoneRow({ row }: { row: Opportunity }) {
  return (
    <div className="phone-row">
      <div className="phone-row-top">
        <strong className="clip">{row.name}</strong>
        <MoneyText money={row.amount} />
      </div>
      <div className="phone-row-sub">
        <StageName row={row} />
        <span className="clip">{row.customerName}</span>
        <span className="grow" />
        {row.nextStep ? <Countdown to={row.nextStep.dueAt} /> : null}
        <Person id={row.ownerId} face />
      </div>
    </div>
  );
}
