import { useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { useRights } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { AuditAlertsTab } from './AuditAlertsTab';
import { AuditAnchorsTab } from './AuditAnchorsTab';
import { AuditExports } from './AuditExports';
import { AuditReportTab } from './AuditReportTab';
import { AuditSearchTab } from './AuditSearchTab';
import './audit.css';

/** What was done, looked at and taken out, and what somebody should look at. */
export function AuditSettingsPage() {
  const { t } = useTranslation();
  const rights = useRights();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/settings/audit' });
  if (!usePlace('audit')) return <AppForbidden />;
  const tab = (key: 'alerts' | 'exports' | 'journal' | 'report' | 'anchors', children: React.ReactNode) => ({
    key,
    label: <span data-testid={`tab-${key}`}>{t(`audit.tab.${key}`)}</span>,
    children,
  });
  const items = [
    ...(rights.may('alerts', 'read') ? [tab('alerts', <AuditAlertsTab />)] : []),
    ...(rights.may('exports', 'approve') ? [tab('exports', <AuditExports />)] : []),
    ...(rights.may('audit', 'read')
      ? [tab('journal', <AuditSearchTab />), tab('report', <AuditReportTab />), tab('anchors', <AuditAnchorsTab />)]
      : []),
  ];
  return (
    <div className="page settings audit-page">
      <PageHead title={t('audit.title')} />
      <Tabs
        activeKey={items.find(({ key }) => key === search.tab)?.key ?? items[0]?.key ?? ''}
        onChange={(next) => void navigate({ to: '/settings/audit', search: { tab: next }, replace: true })}
        items={items}
      />
    </div>
  );
}
