import { useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { useRights } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { TenantForm } from './TenantForm';
import { TenantLimits } from './TenantLimits';
import { TenantModules } from './TenantModules';
import './tenant.css';

/** What holds for the whole company: how it counts, what it works with, how much may leave it. */
export function TenantSettingsPage() {
  const { t } = useTranslation();
  const rights = useRights();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/shell/settings/company' });
  if (!usePlace('company')) return <AppForbidden />;
  const label = (key: 'basics' | 'modules' | 'limits') => (
    <span data-testid={`tab-${key}`}>{t(`tenant.tab.${key}`)}</span>
  );
  const items = [
    ...(rights.may('tenants', 'amend') ? [{ key: 'basics', label: label('basics'), children: <TenantForm /> }] : []),
    ...(rights.may('tenants', 'switch-module')
      ? [{ key: 'modules', label: label('modules'), children: <TenantModules /> }]
      : []),
    ...(rights.may('policies', 'set-limits')
      ? [{ key: 'limits', label: label('limits'), children: <TenantLimits /> }]
      : []),
  ];
  return (
    <div className="page settings">
      <PageHead title={t('tenant.title')} />
      <Tabs
        activeKey={items.find(({ key }) => key === tab)?.key ?? items[0]?.key ?? ''}
        onChange={(next) => void navigate({ to: '/settings/company', search: { tab: next }, replace: true })}
        items={items}
      />
    </div>
  );
}
