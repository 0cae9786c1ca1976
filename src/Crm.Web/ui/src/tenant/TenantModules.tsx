import { AppstoreOutlined, BankOutlined, CloudUploadOutlined, SolutionOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Modal, Switch } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import type { ModuleKey } from '../api/types';
import { useCommand } from '../api/useCommand';
import { Chip } from '../ui/Bits';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { type ModuleState, tenantApi, tenantKey } from './api';

const icons: Record<ModuleKey, ReactNode> = {
  leads: <SolutionOutlined />,
  opportunities: <AppstoreOutlined />,
  customers: <BankOutlined />,
  imports: <CloudUploadOutlined />,
};

/** Those that would go off with one, because they need it. */
export function goneWith(all: readonly ModuleState[], key: ModuleKey): ModuleKey[] {
  const gone = new Set<ModuleKey>([key]);
  for (let before = 0; before < gone.size; ) {
    before = gone.size;
    for (const module of all) if (module.on && module.needs.some((need) => gone.has(need))) gone.add(module.key);
  }
  gone.delete(key);
  return [...gone];
}

/** What the company works with. Switching off is asked about with all that disappears; switching on is not. */
export function TenantModules() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: tenantKey, queryFn: tenantApi.get });
  const [asked, setAsked] = useState<ModuleState>();
  const change = useCommand(
    ({ key, on }: { key: ModuleKey; on: boolean }) => tenantApi.switchModule(key, on),
    async (_, { key, on }) => {
      setAsked(undefined);
      await cache.invalidateQueries({ queryKey: tenantKey });
      toast('done', t(on ? 'tenant.module.isOn' : 'tenant.module.isOff', { name: t(`tenant.module.name.${key}`) }), {
        action: { label: t('common.undo'), run: () => change.mutate({ key, on: !on }) },
      });
    },
  );
  if (query.isPending) return <LinesSkeleton lines={8} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const { modules } = query.data;
  const names = (keys: readonly ModuleKey[]) => keys.map((key) => t(`tenant.module.name.${key}`)).join(t('tenant.and'));
  return (
    <>
      <p className="soft tenant-intro">{t('tenant.module.intro')}</p>
      <ul className="tenant-modules">
        {modules.map((module) => {
          const missing = module.needs.filter((need) => modules.some(({ key, on }) => key === need && !on));
          const name = t(`tenant.module.name.${module.key}`);
          return (
            <li key={module.key} className={module.on ? 'tenant-module' : 'tenant-module off'}>
              <span className="tenant-module-icon">{icons[module.key]}</span>
              <div>
                <h2>
                  {name}
                  {module.on ? null : <Chip>{t('tenant.module.off')}</Chip>}
                </h2>
                <p className="soft">{t(`tenant.module.what.${module.key}`)}</p>
                {missing.length > 0 ? (
                  <p className="faint">{t('tenant.module.needs', { names: names(missing) })}</p>
                ) : null}
              </div>
              <Switch
                checked={!module.switchedOff}
                loading={change.isPending && change.variables.key === module.key}
                aria-label={name}
                data-testid={`module-${module.key}`}
                onChange={(on) => (on ? change.mutate({ key: module.key, on }) : setAsked(module))}
              />
            </li>
          );
        })}
      </ul>
      {asked ? (
        <Modal
          open
          title={t('tenant.module.ask', { name: t(`tenant.module.name.${asked.key}`) })}
          okText={t('tenant.module.switchOff')}
          okButtonProps={{ danger: true, loading: change.isPending, 'data-testid': 'module-confirm' }}
          onOk={() => change.mutate({ key: asked.key, on: false })}
          cancelText={t('common.cancel')}
          onCancel={() => setAsked(undefined)}
        >
          <p>{t('tenant.module.gone')}</p>
          <ul className="tenant-gone" data-testid="module-gone">
            {t(`tenant.module.disappears.${asked.key}`)
              .split('\n')
              .map((line) => (
                <li key={line}>{line}</li>
              ))}
            {goneWith(modules, asked.key).map((key) => (
              <li key={key}>{t('tenant.module.goesToo', { name: t(`tenant.module.name.${key}`) })}</li>
            ))}
          </ul>
          <p className="soft">{t('tenant.module.kept')}</p>
        </Modal>
      ) : null}
    </>
  );
}
