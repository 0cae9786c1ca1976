import { CopyOutlined, PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Checkbox, Input, InputNumber, Modal, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { people } from '../api/crm';
import type { ApiKey, Role } from '../api/types';
import { useCommand } from '../api/useCommand';
import { copyText } from '../platform/clipboard';
import { useRights, useRoleNames, useRoleOptions } from '../rights/useRights';
import { Ago, Chip } from '../ui/Bits';
import { EmptyState, ErrorState, GridSkeleton, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import '../security/security.css';

const keysKey = ['api-keys'] as const;
const everything = '*';
/** How long a rotated key goes on, in hours. */
const overlapHours = 24;

export function KeyList() {
  const { t } = useTranslation();
  const rights = useRights();
  const roleName = useRoleNames();
  const query = useQuery({ queryKey: keysKey, queryFn: people.keys });
  const [dialog, setDialog] = useState<'create' | ApiKey>();
  const [rotated, setRotated] = useState<string>();
  const reload = () => void query.refetch();
  const revoke = useCommand(
    (id: string) => people.revokeKey(id),
    () => {
      reload();
      toast('done', t('people.keyRevoked'));
    },
  );
  const rotate = useCommand(
    (id: string) => people.rotateKey(id, overlapHours),
    ({ key }) => {
      reload();
      setRotated(key);
    },
  );
  if (query.isPending) return <GridSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={reload} />;
  const create = rights.may('api-keys', 'create') ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setDialog('create')} data-testid="key-create">
      {t('people.keyCreate')}
    </Button>
  ) : null;
  return (
    <>
      {query.data.items.length === 0 ? (
        <EmptyState title={t('people.keysEmpty')} text={t('people.keysEmptyText')}>
          {create}
        </EmptyState>
      ) : (
        <>
          <div className="row-end">{create}</div>
          <div className="table-box">
            <table className="plain-table">
              <thead>
                <tr>
                  <th>{t('people.keyName')}</th>
                  <th>{t('people.roleLabel')}</th>
                  <th>{t('people.scopes')}</th>
                  <th>{t('people.lastUse')}</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {query.data.items.map((key) => (
                  <tr key={key.id} data-testid={`key-${key.name}`}>
                    <td>
                      <strong>{key.name}</strong>
                    </td>
                    <td className="soft">{roleName(key.role)}</td>
                    <td className="soft">
                      <Scopes scopes={key.scopes} />
                    </td>
                    <td>
                      <Ago at={key.lastUsedAt ?? null} />
                    </td>
                    <td className="right">
                      {key.active === false ? (
                        <Chip>{t('people.keyIsRevoked')}</Chip>
                      ) : (
                        <>
                          {rights.may('api-keys', 'rescope') ? (
                            <Button type="text" size="small" onClick={() => setDialog(key)}>
                              {t('people.scopes')}
                            </Button>
                          ) : null}
                          {rights.may('api-keys', 'rotate') ? (
                            <Button
                              type="text"
                              size="small"
                              onClick={() => rotate.mutate(key.id)}
                              data-testid={`key-rotate-${key.name}`}
                            >
                              {t('people.keyRotate')}
                            </Button>
                          ) : null}
                          {rights.may('api-keys', 'revoke') ? (
                            <Button type="text" size="small" danger onClick={() => revoke.mutate(key.id)}>
                              {t('people.keyRevoke')}
                            </Button>
                          ) : null}
                        </>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      {dialog ? (
        <KeyDialog known={dialog === 'create' ? undefined : dialog} onClose={() => setDialog(undefined)} />
      ) : null}
      {rotated ? (
        <Modal
          open
          title={t('people.keyRotated')}
          okText={t('common.close')}
          onOk={() => setRotated(undefined)}
          onCancel={() => setRotated(undefined)}
          cancelButtonProps={{ style: { display: 'none' } }}
          width={440}
        >
          <p className="soft">{t('people.keyOverlap', { count: overlapHours })}</p>
          <ShownKey value={rotated} />
        </Modal>
      ) : null}
    </>
  );
}

function Scopes({ scopes }: { scopes: string[] | null | undefined }) {
  const { t } = useTranslation();
  if (!scopes || scopes.includes(everything)) return t('people.everything');
  return (
    <span title={scopes.join(', ')}>
      {scopes.slice(0, 3).join(', ')}
      {scopes.length > 3 ? ` +${scopes.length - 3}` : ''}
    </span>
  );
}

function ShownKey({ value }: { value: string }) {
  const { t } = useTranslation();
  return (
    <>
      <p className="soft">{t('people.keyOnce')}</p>
      <div className="people-key">
        <code data-testid="key-value">{value}</code>
        <Button
          size="small"
          icon={<CopyOutlined />}
          onClick={() => void copyText(value).then(() => toast('info', t('common.copied')))}
        >
          {t('common.copy')}
        </Button>
      </div>
    </>
  );
}

/** Makes a key, or changes what one may be used for. */
function KeyDialog({ known, onClose }: { known: ApiKey | undefined; onClose: () => void }) {
  const { t } = useTranslation();
  const roles = useRoleOptions();
  const limited = known?.scopes !== undefined && known.scopes !== null && !known.scopes.includes(everything);
  const [name, setName] = useState(known?.name ?? '');
  const [role, setRole] = useState<Role>(known?.role ?? 'sales');
  const [whole, setWhole] = useState(!limited);
  const [scopes, setScopes] = useState<string[]>(limited ? (known.scopes ?? []) : []);
  const [perSecond, setPerSecond] = useState<number | null>(known?.requestsPerSecond ?? null);
  const chosen = whole ? [everything] : scopes;
  const limit = perSecond === null ? {} : { requestsPerSecond: perSecond };
  const reload = () => void cache.invalidateQueries({ queryKey: keysKey });
  const create = useCommand(() => people.createKey({ name: name.trim(), role, scopes: chosen, ...limit }), reload);
  const rescope = useCommand(
    (id: string) => people.rescopeKey(id, { scopes: chosen, ...limit }),
    () => {
      reload();
      onClose();
    },
  );
  const key = create.data?.key;
  const save = () => (known ? rescope.mutate(known.id) : create.mutate(undefined));
  return (
    <Modal
      open
      title={known ? `${t('people.scopes')} · ${known.name}` : t('people.keyCreate')}
      okText={key ? t('common.close') : t('common.save')}
      okButtonProps={{
        disabled: name.trim() === '' || chosen.length === 0,
        loading: create.isPending || rescope.isPending,
        'data-testid': 'key-save',
      }}
      onOk={() => (key ? onClose() : save())}
      onCancel={onClose}
      width={560}
    >
      {key ? (
        <ShownKey value={key} />
      ) : (
        <div className="choices">
          {known ? null : (
            <>
              <Input
                autoFocus
                value={name}
                placeholder={t('people.keyName')}
                onChange={(event) => setName(event.target.value)}
                data-testid="key-name"
              />
              <Select<Role> value={role} options={roles} onChange={setRole} aria-label={t('people.roleLabel')} />
            </>
          )}
          <Segmented
            block
            value={whole}
            onChange={setWhole}
            options={[
              { value: true, label: t('people.everything') },
              { value: false, label: t('people.onlySome') },
            ]}
            data-testid="key-scope-choice"
          />
          {whole ? null : <ScopePicker value={scopes} onChange={setScopes} />}
          <InputNumber<number>
            min={1}
            max={10_000}
            value={perSecond}
            placeholder={t('people.perSecond')}
            aria-label={t('people.perSecond')}
            onChange={setPerSecond}
            style={{ width: '100%' }}
          />
        </div>
      )}
    </Modal>
  );
}

/** All scopes there are, as the server knows them, slice by slice. */
function ScopePicker({ value, onChange }: { value: string[]; onChange: (scopes: string[]) => void }) {
  const query = useQuery({ queryKey: ['scopes'], queryFn: people.scopes });
  if (query.isPending) return <LinesSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const slices = [...new Set(query.data.items.map((scope) => scope.split(':')[0] ?? ''))];
  const toggle = (scope: string, on: boolean) =>
    onChange(on ? [...value, scope] : value.filter((each) => each !== scope));
  return (
    <div className="scope-list" data-testid="scopes">
      {slices.map((slice) => {
        const all = `${slice}:${everything}`;
        return (
          <div key={slice} className="scope-row">
            <strong>
              <Checkbox
                checked={value.includes(all)}
                onChange={({ target }) =>
                  onChange([
                    ...value.filter((scope) => !scope.startsWith(`${slice}:`)),
                    ...(target.checked ? [all] : []),
                  ])
                }
              >
                {slice}
              </Checkbox>
            </strong>
            {query.data.items
              .filter((scope) => scope.startsWith(`${slice}:`))
              .map((scope) => (
                <Checkbox
                  key={scope}
                  disabled={value.includes(all)}
                  checked={value.includes(all) || value.includes(scope)}
                  onChange={({ target }) => toggle(scope, target.checked)}
                  data-testid={`scope-${scope}`}
                >
                  {scope.slice(slice.length + 1)}
                </Checkbox>
              ))}
          </div>
        );
      })}
    </div>
  );
}
