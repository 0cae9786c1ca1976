import { CopyOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Select, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { people } from '../api/crm';
import type { Role, User } from '../api/types';
import { useCommand } from '../api/useCommand';
import { AppForbidden } from '../app/AppNotFoundPage';
import { copyText } from '../platform/clipboard';
import { useIsAdmin, useMe } from '../session/session';
import { Avatar } from '../ui/Avatar';
import { Chip, PageHead } from '../ui/Bits';
import { EmptyState, ErrorState, GridSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import '../pipelines/pipelines.css';

const keysKey = ['api-keys'] as const;

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

function useRoles() {
  const { t } = useTranslation();
  return (['admin', 'sales'] as const).map((value) => ({ value, label: t(`people.role.${value}`) }));
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
  const { t } = useTranslation();
  const roles = useRoles();
  const [form] = Form.useForm<PersonFields>();
  const create = useCommand(people.create, (_, { name }) => {
    void cache.invalidateQueries({ queryKey: keys.users });
    toast('done', t('people.created', { name }));
    onClose();
  });
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
        <Form.Item name="name" label={t('people.name')} rules={[needed]}>
          <Input autoFocus data-testid="person-name" />
        </Form.Item>
        <Form.Item name="login" label={t('people.login')} rules={[needed]}>
          <Input autoComplete="off" data-testid="person-login" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('people.password')}
          rules={[needed, { min: 8, message: t('people.shortPassword') }]}
        >
          <Input.Password autoComplete="new-password" data-testid="person-password" />
        </Form.Item>
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

function KeyList() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: keysKey, queryFn: people.keys });
  const [creating, setCreating] = useState(false);
  const revoke = useCommand(
    (id: string) => people.revokeKey(id),
    () => {
      void query.refetch();
      toast('done', t('people.keyRevoked'));
    },
  );
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const create = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)} data-testid="key-create">
      {t('people.keyCreate')}
    </Button>
  );
  return (
    <>
      {query.data.items.length === 0 ? (
        <EmptyState title={t('people.keysEmpty')} text={t('people.keysEmptyText')}>
          {create}
        </EmptyState>
      ) : (
        <>
          <div className="row-end">{create}</div>
          <table className="plain-table">
            <thead>
              <tr>
                <th>{t('people.keyName')}</th>
                <th>{t('people.roleLabel')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {query.data.items.map((key) => (
                <tr key={key.id}>
                  <td>
                    <strong>{key.name}</strong>
                  </td>
                  <td className="soft">{t(`people.role.${key.role}`)}</td>
                  <td className="right">
                    {key.active === false ? (
                      <Chip>{t('people.keyIsRevoked')}</Chip>
                    ) : (
                      <Button type="text" size="small" danger onClick={() => revoke.mutate(key.id)}>
                        {t('people.keyRevoke')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      )}
      {creating ? <KeyCreateDialog onClose={() => setCreating(false)} /> : null}
    </>
  );
}

function KeyCreateDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const roles = useRoles();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('sales');
  const create = useCommand(
    () => people.createKey({ name: name.trim(), role }),
    () => void cache.invalidateQueries({ queryKey: keysKey }),
  );
  const key = create.data?.key;
  return (
    <Modal
      open
      title={t('people.keyCreate')}
      okText={key ? t('common.close') : t('common.save')}
      okButtonProps={{ disabled: name.trim() === '', loading: create.isPending, 'data-testid': 'key-save' }}
      onOk={() => (key ? onClose() : create.mutate(undefined))}
      onCancel={onClose}
      width={440}
    >
      {key ? (
        <>
          <p className="soft">{t('people.keyOnce')}</p>
          <div className="people-key">
            <code data-testid="key-value">{key}</code>
            <Button
              size="small"
              icon={<CopyOutlined />}
              onClick={() => void copyText(key).then(() => toast('info', t('common.copied')))}
            >
              {t('common.copy')}
            </Button>
          </div>
        </>
      ) : (
        <div className="choices">
          <Input
            autoFocus
            value={name}
            placeholder={t('people.keyName')}
            onChange={(event) => setName(event.target.value)}
            data-testid="key-name"
          />
          <Select<Role> value={role} options={roles} onChange={setRole} />
        </div>
      )}
    </Modal>
  );
}
