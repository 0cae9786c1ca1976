import { useNavigate, useSearch } from '@tanstack/react-router';
import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { HandoverList } from '../handovers/HandoverList';
import { useRights } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { KeyList } from './KeyList';
import { PeopleTable } from './PeopleTable';
import './people.css';

export function PeopleSettingsPage() {
  const { t } = useTranslation();
  const may = usePlace('people');
  const rights = useRights();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: '/shell/settings/people' });
  if (!may) return <AppForbidden />;
  const tabs = [
    ...(rights.may('users', 'read') ? [{ key: 'users', label: t('people.users'), children: <PeopleTable /> }] : []),
    ...(rights.may('api-keys', 'read')
      ? [{ key: 'keys', label: <span data-testid="tab-keys">{t('people.keys')}</span>, children: <KeyList /> }]
      : []),
    ...(rights.may('handovers', 'read')
      ? [
          {
            key: 'handovers',
            label: <span data-testid="tab-handovers">{t('handovers.tab')}</span>,
            children: <HandoverList />,
          },
        ]
      : []),
  ];
  return (
    <div className="page settings people-page">
      <PageHead title={t('people.title')} />
      <Tabs
        activeKey={tabs.find(({ key }) => key === tab)?.key ?? tabs[0]?.key ?? ''}
        onChange={(next) => void navigate({ to: '/settings/people', search: { tab: next }, replace: true })}
        items={tabs}
      />
    </div>
  );
}
