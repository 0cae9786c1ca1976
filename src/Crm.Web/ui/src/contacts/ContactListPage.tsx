import { ContactsOutlined, PlusOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button } from 'antd';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Contact } from '../api/types';
import { shownName } from '../records/names';
import type { FilterField } from '../records/RecordFilterBar';
import type { Column } from '../records/RecordGrid';
import { RecordListView } from '../records/RecordListView';
import { useRights } from '../rights/useRights';
import { useMe } from '../session/session';
import { Person } from '../ui/Avatar';
import { Ago } from '../ui/Bits';
import { EmptyState } from '../ui/States';
import { ContactCreateDrawer } from './ContactCreateDrawer';

export function ContactListPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/contacts' });
  const { user } = useMe();
  const columns = useContactColumns();
  const fields = useContactFilters();
  const setCreate = (create: boolean) =>
    void navigate({ to: '/contacts', search: { ...search, create: create || undefined } });
  const views = [
    { key: 'all', label: t('contacts.views.all'), where: [] },
    { key: 'mine', label: t('contacts.views.mine'), where: [{ field: 'ownerId', op: 'in', value: [user.id] }] },
  ] as const;
  const create = useRights().mayCreate('contacts') ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreate(true)} data-testid="contact-create">
      {t('contacts.create')}
    </Button>
  ) : null;
  return (
    <>
      <RecordListView<'contacts'>
        slice="contacts"
        title={t('nav.contacts')}
        search={search}
        defaultSort="-updatedAt"
        columns={columns}
        fields={fields}
        views={views}
        actions={create}
        phoneRow={(row) => (
          <div className="phone-row">
            <div className="phone-row-top">
              <strong className="clip">{shownName(row.name)}</strong>
              <span className="soft">{row.title}</span>
            </div>
            <div className="phone-row-sub">
              <span className="clip">{row.customerName}</span>
              <span className="grow" />
              <span className="num">{row.mobile}</span>
            </div>
          </div>
        )}
        empty={
          <EmptyState icon={<ContactsOutlined />} title={t('contacts.empty')} text={t('contacts.emptyText')}>
            {create}
          </EmptyState>
        }
      />
      <ContactCreateDrawer open={search.create ?? false} onClose={() => setCreate(false)} />
    </>
  );
}

function useContactColumns(): Column<Contact>[] {
  const { t } = useTranslation();
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('fields.name'),
        width: 160,
        sort: 'name',
        render: (row) => (
          <Link
            to="/contacts/$id"
            params={{ id: row.id }}
            className="cell-name"
            onClick={(event) => event.stopPropagation()}
          >
            <span className="clip">{shownName(row.name)}</span>
          </Link>
        ),
      },
      {
        key: 'customer',
        title: t('fields.customerId'),
        width: 240,
        render: (row) => (
          <Link
            to="/customers/$id"
            params={{ id: row.customerId }}
            className="cell-link clip"
            onClick={(event) => event.stopPropagation()}
          >
            {row.customerName}
          </Link>
        ),
      },
      {
        key: 'title',
        title: t('fields.title'),
        width: 130,
        render: (row) => <span className="clip">{row.title}</span>,
      },
      {
        key: 'department',
        title: t('fields.department'),
        width: 130,
        render: (row) => <span className="clip">{row.department}</span>,
      },
      {
        key: 'mobile',
        title: t('fields.mobile'),
        width: 140,
        render: (row) => <span className="num clip">{row.mobile}</span>,
      },
      {
        key: 'email',
        title: t('fields.email'),
        width: 190,
        hidden: true,
        render: (row) => <span className="clip">{row.email}</span>,
      },
      {
        key: 'wechat',
        title: t('fields.wechat'),
        width: 130,
        hidden: true,
        render: (row) => <span className="clip">{row.wechat}</span>,
      },
      { key: 'owner', title: t('fields.ownerId'), width: 130, render: (row) => <Person id={row.ownerId} /> },
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
    ],
    [t],
  );
}

function useContactFilters(): FilterField[] {
  const { t } = useTranslation();
  return [
    { key: 'name', label: t('fields.name'), kind: 'text' },
    { key: 'customerId', label: t('fields.customerId'), kind: 'record', slice: 'customers' },
    { key: 'customerName', label: t('fields.customerId'), kind: 'text' },
    { key: 'ownerId', label: t('fields.ownerId'), kind: 'person' },
    { key: 'title', label: t('fields.title'), kind: 'text', repeats: true },
    { key: 'department', label: t('fields.department'), kind: 'text', repeats: true },
    { key: 'mobile', label: t('fields.mobile'), kind: 'text' },
    { key: 'email', label: t('fields.email'), kind: 'text' },
    { key: 'createdAt', label: t('fields.createdAt'), kind: 'instant' },
  ];
}
