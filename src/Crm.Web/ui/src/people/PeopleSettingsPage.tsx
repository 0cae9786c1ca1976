import { Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { useRights } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { KeyList } from './KeyList';
import { PeopleTable } from './PeopleTable';
import '../pipelines/pipelines.css';
import './people.css';

export function PeopleSettingsPage() {
  const { t } = useTranslation();
  const may = usePlace('people');
  const rights = useRights();
  if (!may) return <AppForbidden />;
  const tabs = [
    ...(rights.may('users', 'read') ? [{ key: 'users', label: t('people.users'), children: <PeopleTable /> }] : []),
    ...(rights.may('api-keys', 'read')
      ? [{ key: 'keys', label: <span data-testid="tab-keys">{t('people.keys')}</span>, children: <KeyList /> }]
      : []),
  ];
  return (
    <div className="page settings people-page">
      <PageHead title={t('people.title')} />
      <Tabs items={tabs} />
    </div>
  );
}
