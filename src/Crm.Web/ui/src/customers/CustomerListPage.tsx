import { BankOutlined, PlusOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Customer } from '../api/types';
import { shownName } from '../records/names';
import type { FilterField } from '../records/RecordFilterBar';
import type { Column } from '../records/RecordGrid';
import { RecordListView } from '../records/RecordListView';
import { useRights } from '../rights/useRights';
import { useMe } from '../session/session';
import { Person } from '../ui/Avatar';
import { Ago, Chip } from '../ui/Bits';
import { EmptyState } from '../ui/States';
import { CustomerCreateDrawer } from './CustomerCreateDrawer';

export function CustomerStatusChip({ status }: { status: Customer['status'] }) {
  const { t } = useTranslation();
  return (
    <Chip tone={status === 'formal' ? 'good' : 'plain'} dot>
      {t(`statuses.${status}`)}
    </Chip>
  );
}

export function CustomerListPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/customers' });
  const { user } = useMe();
  const columns = useCustomerColumns();
  const fields = useCustomerFilters();
  const setCreate = (create: boolean) =>
    void navigate({ to: '/customers', search: { ...search, create: create || undefined } });
  const views = [
    { key: 'all', label: t('customers.views.all'), where: [] },
    { key: 'mine', label: t('customers.views.mine'), where: [{ field: 'ownerId', op: 'in', value: [user.id] }] },
    {
      key: 'corporate',
      label: t('customers.views.corporate'),
      where: [{ field: 'type', op: 'in', value: ['corporate'] }],
    },
    {
      key: 'individual',
      label: t('customers.views.individual'),
      where: [{ field: 'type', op: 'in', value: ['individual'] }],
    },
    { key: 'formal', label: t('customers.views.formal'), where: [{ field: 'status', op: 'in', value: ['formal'] }] },
  ] as const;
  const create = useRights().mayCreate('customers') ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreate(true)} data-testid="customer-create">
      {t('customers.create')}
    </Button>
  ) : null;
  return (
    <>
      <RecordListView<'customers'>
        slice="customers"
        title={t('nav.customers')}
        search={search}
        defaultSort="-updatedAt"
        columns={columns}
        fields={fields}
        views={views}
        actions={create}
        phoneRow={(row) => <CustomerPhoneRow row={row} />}
        empty={
          <EmptyState icon={<BankOutlined />} title={t('customers.empty')} text={t('customers.emptyText')}>
            {create}
          </EmptyState>
        }
      />
      <CustomerCreateDrawer open={search.create ?? false} onClose={() => setCreate(false)} />
    </>
  );
}

function useCustomerColumns(): Column<Customer>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('fields.name'),
        width: 260,
        sort: 'name',
        render: (row) => (
          <Link
            to="/customers/$id"
            params={{ id: row.id }}
            className="cell-name"
            onClick={(event) => event.stopPropagation()}
          >
            <span className="clip">{shownName(row.name)}</span>
          </Link>
        ),
      },
      {
        key: 'type',
        title: t('fields.type'),
        width: 110,
        sort: 'type',
        render: (row) => <span className="soft">{t(`statuses.${row.type}`)}</span>,
      },
      {
        key: 'status',
        title: t('fields.status'),
        width: 110,
        sort: 'status',
        render: (row) => <CustomerStatusChip status={row.status} />,
      },
      {
        key: 'industry',
        title: t('fields.industry'),
        width: 110,
        sort: 'industry',
        render: (row) => <span className="clip">{row.industry}</span>,
      },
      {
        key: 'city',
        title: t('fields.city'),
        width: 110,
        sort: 'city',
        render: (row) => <span className="clip">{[row.province, row.city].filter(Boolean).join(' ')}</span>,
      },
      {
        key: 'phone',
        title: t('fields.phone'),
        width: 140,
        render: (row) => <span className="num clip">{row.phone ?? row.mobile}</span>,
      },
      { key: 'owner', title: t('fields.ownerId'), width: 130, render: (row) => <Person id={row.ownerId} /> },
      {
        key: 'creditCode',
        title: t('fields.creditCode'),
        width: 180,
        hidden: true,
        render: (row) => <span className="num clip">{row.creditCode}</span>,
      },
      {
        key: 'website',
        title: t('fields.website'),
        width: 180,
        hidden: true,
        render: (row) => <span className="clip">{row.website}</span>,
      },
      {
        key: 'lastActivityAt',
        title: t('fields.lastActivityAt'),
        width: 110,
        sort: 'lastActivityAt',
        render: (row) => (
          <span className="soft">
            <Ago at={row.lastActivityAt} />
          </span>
        ),
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

function useCustomerFilters(): FilterField[] {
  const { t } = useTranslation();
  return [
    { key: 'name', label: t('fields.name'), kind: 'text' },
    {
      key: 'type',
      label: t('fields.type'),
      kind: 'choice',
      options: (['corporate', 'individual'] as const).map((value) => ({ value, label: t(`statuses.${value}`) })),
    },
    {
      key: 'status',
      label: t('fields.status'),
      kind: 'choice',
      options: (['potential', 'formal'] as const).map((value) => ({ value, label: t(`statuses.${value}`) })),
    },
    { key: 'ownerId', label: t('fields.ownerId'), kind: 'person' },
    { key: 'industry', label: t('fields.industry'), kind: 'text', repeats: true },
    { key: 'province', label: t('fields.province'), kind: 'text', repeats: true },
    { key: 'city', label: t('fields.city'), kind: 'text', repeats: true },
    { key: 'creditCode', label: t('fields.creditCode'), kind: 'text' },
    { key: 'createdAt', label: t('fields.createdAt'), kind: 'instant' },
    { key: 'lastActivityAt', label: t('fields.lastActivityAt'), kind: 'instant' },
  ];
}

function CustomerPhoneRow({ row }: { row: Customer }) {
  const { t } = useTranslation();
  return (
    <div className="phone-row">
      <div className="phone-row-top">
        <strong className="clip">{shownName(row.name)}</strong>
        <CustomerStatusChip status={row.status} />
      </div>
      <div className="phone-row-sub">
        <span className="clip">{[t(`statuses.${row.type}`), row.industry, row.city].filter(Boolean).join(' · ')}</span>
        <span className="grow" />
        <Person id={row.ownerId} face />
      </div>
    </div>
  );
}
