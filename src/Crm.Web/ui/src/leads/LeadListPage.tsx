import { CloudUploadOutlined, PlusOutlined, SolutionOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Condition } from '../api/filter';
import type { Lead } from '../api/types';
import { shownName } from '../records/names';
import type { FilterField } from '../records/RecordFilterBar';
import type { Column } from '../records/RecordGrid';
import { RecordListView } from '../records/RecordListView';
import { useRights } from '../rights/useRights';
import { useMe } from '../session/session';
import { Person } from '../ui/Avatar';
import { Ago, Chip, Countdown } from '../ui/Bits';
import { EmptyState } from '../ui/States';
import { LeadBulkAssign } from './LeadBulkAssign';
import { LeadCreateDrawer } from './LeadCreateDrawer';
import { LeadStatusChip } from './LeadStatusChip';
import { useLeadChoices } from './leadFields';

export function LeadListPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/leads' });
  const columns = useLeadColumns();
  const fields = useLeadFilters();
  const { user } = useMe();
  const rights = useRights();
  const [mayCreate, mayImport] = [rights.mayCreate('leads'), rights.may('imports', 'create')];
  const setCreate = (create: boolean) =>
    void navigate({ to: '/leads', search: { ...search, create: create || undefined } });

  const open: Condition = { field: 'status', op: 'in', value: ['open', 'qualified'] };
  const views = [
    { key: 'all', label: t('leads.views.all'), where: [] },
    { key: 'open', label: t('leads.views.open'), where: [open] },
    { key: 'mine', label: t('leads.views.mine'), where: [open, { field: 'ownerId', op: 'in', value: [user.id] }] },
    { key: 'unassigned', label: t('leads.views.unassigned'), where: [open, { field: 'ownerId', op: 'np' }] },
    { key: 'overdue', label: t('leads.views.overdue'), where: [{ field: 'overdue', op: 'eq', value: true }] },
  ] as const;

  return (
    <>
      <RecordListView<'leads'>
        slice="leads"
        title={t('nav.leads')}
        search={search}
        defaultSort="-createdAt"
        columns={columns}
        fields={fields}
        views={views}
        actions={
          <>
            {mayImport ? (
              <Link to="/imports/new" className="button-plain" data-testid="leads-import">
                <CloudUploadOutlined />
                <span className="desktop-only">{t('imports.new')}</span>
              </Link>
            ) : null}
            {mayCreate ? (
              <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreate(true)} data-testid="lead-create">
                {t('leads.create')}
              </Button>
            ) : null}
          </>
        }
        phoneRow={(lead) => <LeadPhoneRow lead={lead} />}
        bulk={
          rights.may('leads', 'assign') ? (picked, clear) => <LeadBulkAssign leads={picked} done={clear} /> : undefined
        }
        empty={
          <EmptyState icon={<SolutionOutlined />} title={t('leads.empty')} text={t('leads.emptyText')}>
            {mayCreate ? (
              <Button type="primary" onClick={() => setCreate(true)}>
                {t('leads.create')}
              </Button>
            ) : null}
            {mayImport ? (
              <Link to="/imports/new" className="button-plain">
                {t('imports.new')}
              </Link>
            ) : null}
          </EmptyState>
        }
      />
      <LeadCreateDrawer open={search.create ?? false} onClose={() => setCreate(false)} />
    </>
  );
}

function useLeadColumns(): Column<Lead>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('fields.name'),
        width: 170,
        sort: 'name',
        render: (lead) => (
          <Link
            to="/leads/$id"
            params={{ id: lead.id }}
            className="cell-name"
            onClick={(event) => event.stopPropagation()}
          >
            <span className="clip">{shownName(lead.name)}</span>
            {lead.captures > 1 ? <Chip tone="warn">{t('leads.captures', { count: lead.captures })}</Chip> : null}
          </Link>
        ),
      },
      {
        key: 'company',
        title: t('fields.company'),
        width: 190,
        sort: 'company',
        render: (lead) => <span className="clip">{lead.company}</span>,
      },
      {
        key: 'status',
        title: t('fields.status'),
        width: 96,
        sort: 'status',
        render: (lead) => <LeadStatusChip status={lead.status} />,
      },
      { key: 'owner', title: t('fields.ownerId'), width: 112, render: (lead) => <Person id={lead.ownerId} /> },
      {
        key: 'mobile',
        title: t('fields.mobile'),
        width: 122,
        render: (lead) => <span className="num clip">{lead.mobile}</span>,
      },
      {
        key: 'email',
        title: t('fields.email'),
        width: 190,
        hidden: true,
        render: (lead) => <span className="clip">{lead.email}</span>,
      },
      {
        key: 'source',
        title: t('fields.source'),
        width: 96,
        sort: 'source',
        render: (lead) => <span className="clip soft">{lead.source ? t(`sources.${lead.source}`) : ''}</span>,
      },
      {
        key: 'region',
        title: t('fields.region'),
        width: 100,
        hidden: true,
        sort: 'region',
        render: (lead) => <span className="clip">{lead.region}</span>,
      },
      {
        key: 'product',
        title: t('fields.product'),
        width: 140,
        hidden: true,
        sort: 'product',
        render: (lead) => <span className="clip">{lead.product}</span>,
      },
      {
        key: 'nextStep',
        title: t('fields.nextStep'),
        width: 210,
        render: (lead) =>
          lead.nextStep ? (
            <span className="cell-step">
              <Countdown to={lead.nextStep.dueAt} />
              <span className="clip">{lead.nextStep.text}</span>
            </span>
          ) : null,
      },
      {
        key: 'lastActivityAt',
        title: t('fields.lastActivityAt'),
        width: 110,
        sort: 'lastActivityAt',
        hidden: true,
        render: (lead) => <Ago at={lead.lastActivityAt} />,
      },
      {
        key: 'createdAt',
        title: t('fields.createdAt'),
        width: 100,
        sort: 'createdAt',
        render: (lead) => (
          <span className="soft">
            <Ago at={lead.createdAt} />
          </span>
        ),
      },
    ],
    [t],
  );
}

function useLeadFilters(): FilterField[] {
  const { t } = useTranslation();
  const { sources, statuses, reasons } = useLeadChoices();
  return [
    { key: 'status', label: t('fields.status'), kind: 'choice', options: statuses },
    { key: 'ownerId', label: t('fields.ownerId'), kind: 'person' },
    { key: 'source', label: t('fields.source'), kind: 'choice', options: sources },
    { key: 'name', label: t('fields.name'), kind: 'text' },
    { key: 'company', label: t('fields.company'), kind: 'text' },
    { key: 'mobile', label: t('fields.mobile'), kind: 'text' },
    { key: 'email', label: t('fields.email'), kind: 'text' },
    { key: 'region', label: t('fields.region'), kind: 'text', repeats: true },
    { key: 'product', label: t('fields.product'), kind: 'text', repeats: true },
    { key: 'ruledOutReason', label: t('fields.ruledOutReason'), kind: 'choice', options: reasons },
    { key: 'overdue', label: t('fields.overdue'), kind: 'flag' },
    { key: 'createdAt', label: t('fields.createdAt'), kind: 'instant' },
    { key: 'lastActivityAt', label: t('fields.lastActivityAt'), kind: 'instant' },
  ];
}

function LeadPhoneRow({ lead }: { lead: Lead }) {
  return (
    <div className="phone-row">
      <div className="phone-row-top">
        <strong className="clip">{shownName(lead.name)}</strong>
        <LeadStatusChip status={lead.status} />
      </div>
      <div className="phone-row-sub">
        <span className="clip">{lead.company ?? lead.mobile}</span>
        <span className="grow" />
        {lead.nextStep ? (
          <Countdown to={lead.nextStep.dueAt} />
        ) : (
          <span className="faint">
            <Ago at={lead.createdAt} />
          </span>
        )}
        <Person id={lead.ownerId} face />
      </div>
    </div>
  );
}
