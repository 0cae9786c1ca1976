import { EllipsisOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Dropdown, Form, Input, Modal, Segmented, Select, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { people } from '../api/crm';
import type { Role, User } from '../api/types';
import { useCommand } from '../api/useCommand';
import { AppForbidden } from '../app/AppNotFoundPage';
import { asLocale } from '../i18n/i18n';
import { useIsAdmin, useMe } from '../session/session';
import { Avatar } from '../ui/Avatar';
import { Chip, PageHead } from '../ui/Bits';
import { ErrorState, GridSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { KeyList } from './KeyList';
import { useRoles } from './roles';
import '../pipelines/pipelines.css';

export function PeopleSettingsPage() {
  const { t } = useTranslation();
  if (!useIsAdmin()) return <AppForbidden />;
  return (
    <div className="page settings">
      <PageHead title={t('people.title')} />
      <Tabs
        items={[
          { key: 'users', label: t('people.users'), children: <PeopleList /> },
          { key: 'keys', label: <span data-testid="tab-keys">{t('people.keys')}</span>, children: <KeyList /> },
        ]}
      />
    </div>
  );
}

function PeopleList() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: keys.users, queryFn: people.list });
  const [dialog, setDialog] = useState<'create' | User>();
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      <div className="row-end">
        <Button type="primary" icon={<PlusOutlined />} onClick={() => setDialog('create')} data-testid="person-create">
          {t('people.create')}
        </Button>
      </div>
      <div className="table-box">
        <table className="plain-table people-table">
          <thead>
            <tr>
              <th>{t('people.name')}</th>
              <th>{t('people.login')}</th>
              <th>{t('people.roleLabel')}</th>
              <th>{t('fields.status')}</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {query.data.items.map((user) => (
              <PersonRow key={user.id} user={user} onPassword={() => setDialog(user)} />
            ))}
          </tbody>
        </table>
      </div>
      {dialog === 'create' ? <PersonCreateDialog onClose={() => setDialog(undefined)} /> : null}
      {typeof dialog === 'object' ? <PersonPasswordDialog user={dialog} onClose={() => setDialog(undefined)} /> : null}
    </>
  );
}

function PersonRow({ user, onPassword }: { user: User; onPassword: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const roles = useRoles();
  const reload = () => void cache.invalidateQueries({ queryKey: keys.users });
  const setRole = useCommand(
    (role: Role) => people.tell(user.id, 'amend', { role }),
    () => {
      reload();
      toast('done', t('people.saved'));
    },
  );
  const setActive = useCommand(
    (active: boolean) => people.tell(user.id, active ? 'activate' : 'deactivate'),
    (_, active) => {
      reload();
      toast(
        'done',
        active ? t('people.activated', { name: user.name }) : t('people.deactivated', { name: user.name }),
        {
          action: { label: t('common.undo'), run: () => setActive.mutate(!active) },
        },
      );
    },
  );
  const own = user.id === me.user.id;
  const tell = useCommand(
    (verb: 'invite-again' | 'reset-factors' | 'revoke-sessions') => people.tell(user.id, verb),
    (_, verb) => toast('done', t(`people.done.${verb}`, { name: user.name })),
  );
  const more = (['invite-again', 'revoke-sessions', 'reset-factors'] as const).map((verb) => ({
    key: verb,
    label: t(`people.more.${verb}`),
    onClick: () => tell.mutate(verb),
  }));
  return (
    <tr data-testid={`person-${user.login}`}>
      <td>
        <span className="person">
          <Avatar id={user.id} name={user.name} size={26} />
          <strong>{user.name}</strong>
        </span>
      </td>
      <td className="soft">{user.login}</td>
      <td>
        <Select<Role>
          size="small"
          variant="borderless"
          value={user.role}
          options={roles}
          disabled={own}
          onChange={(role) => setRole.mutate(role)}
          style={{ width: 120 }}
        />
      </td>
      <td>
        {user.active ? (
          <Chip tone="good" dot>
            {t('people.active')}
          </Chip>
        ) : (
          <Chip dot>{t('people.inactive')}</Chip>
        )}
      </td>
      <td className="right">
        <Button type="text" size="small" onClick={onPassword}>
          {t('people.setPassword')}
        </Button>
        <Dropdown trigger={['click']} menu={{ items: more }}>
          <Button
            type="text"
            size="small"
            icon={<EllipsisOutlined />}
            aria-label={t('people.moreLabel')}
            data-testid={`person-more-${user.login}`}
          />
        </Dropdown>
        {own ? null : (
          <Button
            type="text"
            size="small"
            onClick={() => setActive.mutate(!user.active)}
            data-testid={`person-toggle-${user.login}`}
          >
            {user.active ? t('people.deactivate') : t('people.activate')}
          </Button>
        )}
      </td>
    </tr>
  );
}

interface PersonFields {
  name: string;
  login: string;
  password: string;
  role: Role;
}

function PersonCreateDialog({ onClose }: { onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const roles = useRoles();
  const [form] = Form.useForm<PersonFields>();
  const [way, setWay] = useState<'invite' | 'password'>('invite');
  const create = useCommand(
    ({ password, ...person }: PersonFields) =>
      way === 'invite'
        ? people.invite({ ...person, locale: asLocale(i18n.language) })
        : people.create({ ...person, password }),
    (_, { name }) => {
      void cache.invalidateQueries({ queryKey: keys.users });
      toast('done', t(way === 'invite' ? 'people.invited' : 'people.created', { name }));
      onClose();
    },
  );
  const needed = { required: true, message: t('people.required') };
  return (
    <Modal
      open
      title={t('people.create')}
      okText={t('common.save')}
      okButtonProps={{ loading: create.isPending, 'data-testid': 'person-save' }}
      onOk={() =>
        void form.validateFields().then(
          (values) => create.mutate(values),
          () => {},
        )
      }
      onCancel={onClose}
      width={400}
    >
      <Form<PersonFields> form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'sales' }}>
        <Form.Item>
          <Segmented
            block
            value={way}
            onChange={setWay}
            options={(['invite', 'password'] as const).map((value) => ({ value, label: t(`people.way.${value}`) }))}
            data-testid="person-way"
          />
        </Form.Item>
        <Form.Item name="name" label={t('people.name')} rules={[needed]}>
          <Input autoFocus data-testid="person-name" />
        </Form.Item>
        <Form.Item
          name="login"
          label={t(way === 'invite' ? 'people.mail' : 'people.login')}
          rules={[
            needed,
            ...(way === 'invite' ? [{ type: 'email' as const, message: t('problems.email-invalid') }] : []),
          ]}
        >
          <Input autoComplete="off" data-testid="person-login" />
        </Form.Item>
        {way === 'invite' ? (
          <p className="faint">{t('people.inviteText')}</p>
        ) : (
          <Form.Item
            name="password"
            label={t('people.password')}
            rules={[needed, { min: 8, message: t('people.shortPassword') }]}
          >
            <Input.Password autoComplete="new-password" data-testid="person-password" />
          </Form.Item>
        )}
        <Form.Item name="role" label={t('people.roleLabel')}>
          <Select options={roles} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function PersonPasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const save = useCommand(
    () => people.tell(user.id, 'set-password', { password }),
    () => {
      toast('done', t('people.passwordSet'));
      onClose();
    },
  );
  return (
    <Modal
      open
      title={`${t('people.setPassword')} · ${user.name}`}
      okText={t('common.save')}
      okButtonProps={{ disabled: password.length < 8, loading: save.isPending }}
      onOk={() => save.mutate(undefined)}
      onCancel={onClose}
      width={360}
    >
      <Input.Password
        autoFocus
        autoComplete="new-password"
        value={password}
        placeholder={t('people.newPassword')}
        onChange={(event) => setPassword(event.target.value)}
      />
      <p className="faint">{t('people.shortPassword')}</p>
    </Modal>
  );
}
