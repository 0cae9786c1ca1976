import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { type Role, type RoleBook, type RoleDraft, roles } from '../api/rights';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { nameOfRole, useMay, useRoleBook } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { ErrorState, PageSkeleton } from '../ui/States';
import { RoleCreateDialog } from './RoleCreateDialog';
import { RoleEditor } from './RoleEditor';
import { TemplateCards } from './TemplateCards';
import './roles.css';

export const asDraft = (role: Role): RoleDraft => ({
  key: role.key,
  name: role.name,
  grants: role.grants ?? [],
  fields: role.fields ?? [],
});

export function RolesPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = usePlace('roles');
  const maySwitch = useMay('roles', 'switch-template');
  const search = useSearch({ from: '/shell/settings/roles' });
  const book = useRoleBook();
  const [creating, setCreating] = useState<{ from: string | undefined }>();

  if (!may) return <AppForbidden />;
  if (book.isPending) return <PageSkeleton />;
  if (book.isError) return <ErrorState error={book.error} retry={() => void book.refetch()} full />;
  const show = (role: string | undefined, tab: string | undefined) =>
    void navigate({ to: '/settings/roles', search: { role, tab }, replace: true });
  return (
    <div className="page settings roles-page">
      <PageHead title={t('rights.roles.title')}>
        <Button
          type="primary"
          icon={<PlusOutlined />}
          onClick={() => setCreating({ from: undefined })}
          data-testid="role-create"
        >
          {t('rights.roles.create')}
        </Button>
      </PageHead>
      <Tabs
        activeKey={search.tab === 'templates' && maySwitch ? 'templates' : 'roles'}
        onChange={(tab) => show(search.role, tab === 'templates' ? tab : undefined)}
        items={[
          {
            key: 'roles',
            label: t('rights.roles.list'),
            children: (
              <RoleList
                book={book.data}
                chosen={search.role}
                show={(role) => show(role, undefined)}
                copy={(from) => setCreating({ from })}
              />
            ),
          },
          ...(maySwitch
            ? [
                {
                  key: 'templates',
                  label: <span data-testid="tab-templates">{t('rights.roles.templates')}</span>,
                  children: <TemplateCards book={book.data} />,
                },
              ]
            : []),
        ]}
      />
      {creating ? (
        <RoleCreateDialog
          book={book.data}
          from={creating.from}
          onClose={() => setCreating(undefined)}
          onDone={(key) => {
            setCreating(undefined);
            void cache.invalidateQueries({ queryKey: keys.roles });
            show(key, undefined);
          }}
        />
      ) : null}
    </div>
  );
}

function RoleList(props: {
  book: RoleBook;
  chosen: string | undefined;
  show: (key: string | undefined) => void;
  copy: (key: string) => void;
}) {
  const { t } = useTranslation();
  const catalog = useQuery({
    queryKey: ['roles-catalog'],
    queryFn: roles.catalog,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const { items } = props.book;
  const role = items.find((each) => each.key === props.chosen) ?? items[0];
  if (catalog.isPending || !role) return <PageSkeleton />;
  if (catalog.isError) return <ErrorState error={catalog.error} retry={() => void catalog.refetch()} />;
  return (
    <div className="settings-grid">
      <nav className="settings-list" aria-label={t('rights.roles.list')}>
        {items.map((each) => (
          <button
            key={each.key}
            type="button"
            className={each.key === role.key ? 'settings-item active' : 'settings-item'}
            onClick={() => props.show(each.key)}
            data-testid={`role-${each.key}`}
          >
            <span className="clip">{nameOfRole(each)}</span>
            <span className="faint num" title={t('rights.roles.people', { count: each.people })}>
              {each.people}
            </span>
          </button>
        ))}
      </nav>
      <RoleEditor
        key={role.key}
        role={role}
        catalog={catalog.data}
        copy={() => props.copy(role.key)}
        gone={() => props.show(undefined)}
      />
    </div>
  );
}
