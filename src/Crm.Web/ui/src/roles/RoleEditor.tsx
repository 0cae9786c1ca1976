import { CopyOutlined, DeleteOutlined } from '@ant-design/icons';
import { Button, Input, Popconfirm, Tabs, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { type Catalog, type Role, type RoleDraft, roles } from '../api/rights';
import { useCommand } from '../api/useCommand';
import { nameOfRole, noticeRights, useMay } from '../rights/useRights';
import { Chip, Panel } from '../ui/Bits';
import { toast } from '../ui/toast';
import { RoleFields } from './RoleFields';
import { RoleMatrix } from './RoleMatrix';
import { asDraft } from './RolesPage';
import { saysTheSame } from './roleDraft';
import { SightDialog } from './SightDialog';

interface Props {
  readonly role: Role;
  readonly catalog: Catalog;
  readonly copy: () => void;
  readonly gone: () => void;
}

/** One role: nothing holds until it is saved, and before that it can be asked what would change. */
export function RoleEditor({ role, catalog, copy, gone }: Props) {
  const { t } = useTranslation();
  const known = asDraft(role);
  const [draft, setDraft] = useState<RoleDraft>();
  const [simulating, setSimulating] = useState(false);
  const maySimulate = useMay('roles', 'switch-template');
  const mayRemove = useMay('roles', 'remove-role');
  const fixed = role.key === 'admin';
  const shown = draft ?? known;
  const changed = draft !== undefined && !saysTheSame(draft, known);
  const change = (next: Partial<RoleDraft>) => setDraft({ ...shown, ...next });

  const save = useCommand(
    (next: RoleDraft) => roles.define(next),
    async (_, next) => {
      const before = known;
      await cache.invalidateQueries({ queryKey: keys.roles });
      noticeRights();
      setDraft(undefined);
      setSimulating(false);
      toast('done', t('rights.roles.saved', { name: next.name }), {
        action: { label: t('common.undo'), run: () => save.mutate(before) },
      });
    },
  );
  const bringBack = useCommand(
    () => roles.define(known),
    () => void cache.invalidateQueries({ queryKey: keys.roles }),
  );
  const remove = useCommand(
    () => roles.remove(role.key),
    () => {
      void cache.invalidateQueries({ queryKey: keys.roles });
      toast('done', t('rights.roles.removed', { name: nameOfRole(role) }), {
        action: { label: t('common.undo'), run: () => bringBack.mutate(undefined) },
      });
      gone();
    },
  );
  const savable = changed && shown.name.trim() !== '';
  return (
    <Panel className="role-panel" testId="role-editor">
      <div className="role-head">
        {fixed ? (
          <h2>{nameOfRole(role)}</h2>
        ) : (
          <Input
            className="role-name"
            value={shown.name}
            maxLength={200}
            aria-label={t('rights.roles.name')}
            onChange={(event) => change({ name: event.target.value })}
            data-testid="role-name"
          />
        )}
        <code className="faint">{role.key}</code>
        <Chip>{t('rights.roles.people', { count: role.people })}</Chip>
        <span className="grow" />
        <Button size="small" icon={<CopyOutlined />} onClick={copy} data-testid="role-copy">
          {t('rights.roles.copy')}
        </Button>
        {fixed || !mayRemove ? null : role.people > 0 ? (
          <Tooltip title={t('rights.roles.inUse', { count: role.people })}>
            <Button size="small" type="text" disabled icon={<DeleteOutlined />} aria-label={t('rights.roles.remove')} />
          </Tooltip>
        ) : (
          <Popconfirm
            title={t('rights.roles.removeSure', { name: nameOfRole(role) })}
            okText={t('rights.roles.remove')}
            okButtonProps={{ danger: true, 'data-testid': 'role-remove-sure' }}
            onConfirm={() => remove.mutate(undefined)}
          >
            <Button
              size="small"
              type="text"
              danger
              icon={<DeleteOutlined />}
              aria-label={t('rights.roles.remove')}
              data-testid="role-remove"
            />
          </Popconfirm>
        )}
      </div>
      {fixed ? <div className="notice notice-plain">{t('rights.roles.fixed')}</div> : null}
      <Tabs
        size="small"
        items={[
          {
            key: 'matrix',
            label: t('rights.roles.matrix'),
            children: (
              <RoleMatrix
                catalog={catalog}
                grants={shown.grants}
                onChange={fixed ? undefined : (grants) => change({ grants })}
              />
            ),
          },
          ...(fixed
            ? []
            : [
                {
                  key: 'fields',
                  label: <span data-testid="tab-role-fields">{t('rights.roles.fields')}</span>,
                  children: (
                    <RoleFields catalog={catalog} fields={shown.fields} onChange={(fields) => change({ fields })} />
                  ),
                },
              ]),
        ]}
      />
      {changed ? (
        <div className="role-foot" data-testid="role-unsaved">
          <span className="soft">{t('rights.roles.unsaved')}</span>
          <span className="grow" />
          <Button onClick={() => setDraft(undefined)} data-testid="role-discard">
            {t('rights.roles.discard')}
          </Button>
          {maySimulate ? (
            <Button disabled={!savable} onClick={() => setSimulating(true)} data-testid="role-simulate">
              {t('rights.roles.simulate')}
            </Button>
          ) : null}
          <Button
            type="primary"
            disabled={!savable}
            loading={save.isPending}
            onClick={() => save.mutate(shown)}
            data-testid="role-save"
          >
            {t('rights.roles.save')}
          </Button>
        </div>
      ) : null}
      {simulating ? (
        <SightDialog
          change={{ roles: [shown] }}
          okText={t('rights.roles.save')}
          busy={save.isPending}
          onOk={() => save.mutate(shown)}
          onClose={() => setSimulating(false)}
        />
      ) : null}
    </Panel>
  );
}
