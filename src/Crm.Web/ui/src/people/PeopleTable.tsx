import { EllipsisOutlined, PlusOutlined, SearchOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { type Breakpoint, Button, Checkbox, Dropdown, Input, Select, Table } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { people } from '../api/crm';
import type { User } from '../api/types';
import { useCommand } from '../api/useCommand';
import { HandoverDialog } from '../handovers/HandoverDialog';
import { DepartmentSelect } from '../organisation/DepartmentSelect';
import { isWithin, pathNames, regionOf } from '../organisation/tree';
import { useDepartments } from '../organisation/useDepartments';
import { usePhone } from '../platform/media';
import { useMay, useRights, useRoleNames, useRoleOptions } from '../rights/useRights';
import { useMe } from '../session/session';
import { Avatar } from '../ui/Avatar';
import { Chip } from '../ui/Bits';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { findPeople } from './findPeople';
import { PersonDrawer } from './PersonDrawer';
import { PersonPasswordDialog } from './PersonPasswordDialog';

/** Everybody who signs in, with role and place in the organisation; a click edits. */
export function PeopleTable() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: keys.users, queryFn: people.list });
  const mayCreate = useMay('users', 'create');
  const mayAmend = useMay('users', 'amend');
  const departments = useDepartments();
  const roles = useRoleOptions();
  const [text, setText] = useState('');
  const [role, setRole] = useState<string | null>(null);
  const [department, setDepartment] = useState<string | null>(null);
  const [activeOnly, setActiveOnly] = useState(false);
  const [edited, setEdited] = useState<User | 'new'>();
  const [password, setPassword] = useState<User>();
  const [leaver, setLeaver] = useState<User>();
  const columns = useColumns(setPassword, setLeaver);
  const phone = usePhone();

  const shown = useMemo(() => {
    const within =
      department === null
        ? undefined
        : new Set(departments.all.filter((each) => isWithin(departments.all, each.id, department)).map(({ id }) => id));
    return findPeople(query.data?.items ?? [], { text, role, departments: within, activeOnly });
  }, [query.data, departments.all, text, role, department, activeOnly]);

  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <div className="people-bar">
        <Input
          className="people-search"
          allowClear
          prefix={<SearchOutlined />}
          value={text}
          placeholder={t('rights.people.search')}
          onChange={(event) => setText(event.target.value)}
          data-testid="people-search"
        />
        <Select<string | null>
          allowClear
          value={role}
          options={roles}
          placeholder={t('rights.people.allRoles')}
          aria-label={t('rights.people.allRoles')}
          onChange={(next) => setRole(next ?? null)}
          className="people-choice"
          data-testid="people-role"
        />
        <div className="people-choice">
          <DepartmentSelect
            value={department}
            placeholder={t('rights.people.allDepartments')}
            onChange={setDepartment}
            testId="people-department"
          />
        </div>
        <Checkbox checked={activeOnly} onChange={(event) => setActiveOnly(event.target.checked)}>
          {t('rights.people.activeOnly')}
        </Checkbox>
        <span className="faint num" data-testid="people-shown">
          {t('rights.people.shown', { count: shown.length })}
        </span>
        <span className="grow" />
        {mayCreate ? (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEdited('new')} data-testid="person-create">
            {t('people.create')}
          </Button>
        ) : null}
      </div>
      <Table<User>
        className="people-grid"
        size="small"
        tableLayout={phone ? 'fixed' : 'auto'}
        rowKey="id"
        columns={columns}
        dataSource={shown}
        pagination={shown.length > 50 ? { pageSize: 50, showSizeChanger: false } : false}
        locale={{ emptyText: <EmptyState title={t('rights.people.noneFit')} /> }}
        onRow={(person) =>
          ({
            'data-testid': `person-${person.login}`,
            className: mayAmend ? 'people-row' : '',
            onClick: () => mayAmend && setEdited(person),
          }) as React.HTMLAttributes<HTMLElement>
        }
      />
      {edited ? (
        <PersonDrawer person={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      ) : null}
      {password ? <PersonPasswordDialog user={password} onClose={() => setPassword(undefined)} /> : null}
      {leaver ? <HandoverDialog person={leaver} onClose={() => setLeaver(undefined)} /> : null}
    </>
  );
}

function useColumns(onPassword: (person: User) => void, onLeave: (person: User) => void) {
  const { t } = useTranslation();
  const rights = useRights();
  const roleName = useRoleNames();
  const { all } = useDepartments();
  const everybody = useQuery({ queryKey: keys.users, queryFn: people.list }).data?.items;
  const names = useMemo(() => pathNames(all), [all]);
  // what a narrow screen has no room for is in the drawer
  const responsive: Breakpoint[] = ['md'];
  const phone = usePhone();
  const columns = [
    {
      key: 'name',
      title: t('people.name'),
      render: (person: User) => (
        <span className="person people-name">
          <Avatar id={person.id} name={person.name} size={26} />
          <span>
            <strong>{person.name}</strong>
            <span className="faint">{person.login}</span>
          </span>
        </span>
      ),
    },
    {
      key: 'role',
      width: phone ? 106 : undefined,
      title: t('people.roleLabel'),
      render: (person: User) => roleName(person.role),
    },
    {
      key: 'departmentId',
      responsive,
      title: t('rights.people.department'),
      render: (person: User) =>
        person.departmentId ? names.get(person.departmentId) : <span className="faint">—</span>,
    },
    { key: 'position', responsive, title: t('rights.people.position'), render: (person: User) => person.position },
    {
      key: 'superiorId',
      responsive,
      title: t('rights.people.superior'),
      render: (person: User) => everybody?.find((each) => each.id === person.superiorId)?.name,
    },
    {
      key: 'region',
      responsive,
      title: t('rights.people.region'),
      render: (person: User) =>
        person.region ?? <span className="faint">{regionOf(all, person.departmentId) ?? '—'}</span>,
    },
    {
      key: 'active',
      width: phone ? 80 : undefined,
      title: t('fields.status'),
      render: (person: User) =>
        person.active ? (
          <Chip tone="good" dot>
            {t('people.active')}
          </Chip>
        ) : (
          <Chip dot>{t('people.inactive')}</Chip>
        ),
    },
    {
      key: 'actions',
      width: phone ? 40 : undefined,
      align: 'right' as const,
      render: (person: User) => (
        <PersonActions person={person} onPassword={() => onPassword(person)} onLeave={() => onLeave(person)} />
      ),
    },
  ];
  return columns.filter((column) => rights.shows('users', column.key));
}

function PersonActions(props: { person: User; onPassword: () => void; onLeave: () => void }) {
  const { t } = useTranslation();
  const { person, onPassword } = props;
  const me = useMe();
  const rights = useRights();
  const setActive = useCommand(
    (active: boolean) => people.tell(person.id, active ? 'activate' : 'deactivate'),
    (_, active) => {
      void cache.invalidateQueries({ queryKey: keys.users });
      toast(
        'done',
        active ? t('people.activated', { name: person.name }) : t('people.deactivated', { name: person.name }),
        { action: { label: t('common.undo'), run: () => setActive.mutate(!active) } },
      );
    },
  );
  const tell = useCommand(
    (verb: 'invite-again' | 'reset-factors' | 'revoke-sessions') => people.tell(person.id, verb),
    (_, verb) => toast('done', t(`people.done.${verb}`, { name: person.name })),
  );
  const more: { key: string; label: string; onClick: () => void }[] = (
    [
      ['invite-again', 'users', 'create'],
      ['revoke-sessions', 'sessions', 'end'],
      ['reset-factors', 'factors', 'reset'],
    ] as const
  )
    .filter(([, slice, verb]) => rights.may(slice, verb))
    .map(([verb]) => ({ key: verb, label: t(`people.more.${verb}`), onClick: () => tell.mutate(verb) }));
  if (person.id !== me.user.id && rights.may('handovers', 'request'))
    more.push({ key: 'leave', label: t('handovers.leave'), onClick: props.onLeave });
  const mayPassword = rights.may('users', 'set-password');
  const mayToggle = person.id !== me.user.id && rights.may('users', person.active ? 'deactivate' : 'activate');
  const toggleLabel = person.active ? t('people.deactivate') : t('people.activate');
  // a narrow screen has room for one button
  const phone = usePhone();
  if (phone && mayPassword) more.unshift({ key: 'password', label: t('people.setPassword'), onClick: onPassword });
  if (phone && mayToggle)
    more.push({ key: 'toggle', label: toggleLabel, onClick: () => setActive.mutate(!person.active) });
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps a click on a button from opening the row.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the buttons inside are reached by keyboard.
    <span className="people-actions" onClick={(event) => event.stopPropagation()}>
      {mayPassword && !phone ? (
        <Button type="text" size="small" onClick={onPassword}>
          {t('people.setPassword')}
        </Button>
      ) : null}
      {more.length > 0 ? (
        <Dropdown trigger={['click']} menu={{ items: more }}>
          <Button
            type="text"
            size="small"
            icon={<EllipsisOutlined />}
            aria-label={t('people.moreLabel')}
            data-testid={`person-more-${person.login}`}
          />
        </Dropdown>
      ) : null}
      {mayToggle && !phone ? (
        <Button
          type="text"
          size="small"
          onClick={() => setActive.mutate(!person.active)}
          data-testid={`person-toggle-${person.login}`}
        >
          {toggleLabel}
        </Button>
      ) : null}
    </span>
  );
}
