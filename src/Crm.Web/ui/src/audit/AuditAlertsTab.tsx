import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { useCommand } from '../api/useCommand';
import { topics } from '../live/protocol';
import { useLiveItems } from '../live/useLiveItems';
import { usePeople } from '../people/people';
import { useMay } from '../rights/useRights';
import { sliceName } from '../rights/words';
import { useMe } from '../session/session';
import { AskNote } from '../ui/AskNote';
import { Person } from '../ui/Avatar';
import { Ago, Chip } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { QueryTable } from '../ui/PlainTable';
import { type Alert, auditApi } from './api';

const key = ['alerts'] as const;

/** What still holds comes first, then the newest. */
const openFirst = (a: Alert, b: Alert) =>
  a.status === b.status ? (a.raisedAt < b.raisedAt ? 1 : -1) : a.status === 'open' ? -1 : 1;

/** Forbidden exports and unusual reading, as they are noticed. */
export function AuditAlertsTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const { user } = useMe();
  const people = usePeople();
  const mayRelease = useMay('alerts', 'release');
  const query = useLiveItems<Alert>(key, auditApi.alerts, topics.alerts, openFirst);
  const [asked, setAsked] = useState<Alert>();
  const release = useCommand(
    ({ id, note }: { id: string; note: string | undefined }) => auditApi.release(id, note),
    () => {
      setAsked(undefined);
      void cache.invalidateQueries({ queryKey: key });
    },
  );
  const name = (id: string | null, other = t('people.unknown')) =>
    people.find((person) => person.id === id)?.name ?? other;
  return (
    <>
      <p className="soft audit-lead">{t('audit.alerts.lead')}</p>
      <QueryTable<Alert>
        query={query}
        empty={{ title: t('audit.alerts.empty'), text: t('audit.alerts.emptyText') }}
        testId="alerts"
        rowKey={(alert) => alert.id}
        rowTestId={(alert) => `alert-${alert.type}`}
        columns={[
          { key: 'who', title: t('audit.who'), render: (alert) => <Person id={alert.personId} /> },
          {
            key: 'what',
            title: t('audit.what'),
            render: (alert) => (
              <>
                <strong>{t(`audit.alerts.type.${alert.type}`)}</strong>
                <div className="soft">
                  {alert.type === 'unusual-reading'
                    ? t('audit.alerts.numbers', {
                        read: format.number(alert.count),
                        usual: format.number(alert.usual),
                      })
                    : alert.slice
                      ? t('audit.alerts.wanted', { slice: sliceName(alert.slice) })
                      : null}
                </div>
              </>
            ),
          },
          { key: 'when', title: t('audit.when'), render: (alert) => <Ago at={alert.raisedAt} /> },
          {
            key: 'step',
            title: t('audit.alerts.step'),
            render: (alert) => (
              <>
                <Chip tone={alert.status === 'released' ? 'plain' : alert.step === 'tell' ? 'warn' : 'bad'} dot>
                  {alert.status === 'released' ? t('audit.alerts.released') : t(`audit.alerts.steps.${alert.step}`)}
                </Chip>
                {alert.status === 'released' ? (
                  <div className="faint">
                    {t('audit.alerts.releasedBy', { name: name(alert.releasedById, t('timeline.by.key')) })}
                    {alert.note ? ` · ${alert.note}` : null}
                  </div>
                ) : null}
              </>
            ),
          },
          {
            key: 'release',
            title: '',
            right: true,
            render: (alert) =>
              alert.status === 'open' && mayRelease && alert.personId !== user.id ? (
                <Button size="small" onClick={() => setAsked(alert)} data-testid="alert-release">
                  {t('audit.alerts.release')}
                </Button>
              ) : null,
          },
        ]}
      />
      {asked ? (
        <AskNote
          title={t('audit.alerts.releaseTitle')}
          text={t(`audit.alerts.releaseText.${asked.step}`, { name: name(asked.personId) })}
          label={t('audit.alerts.note')}
          okText={t('audit.alerts.release')}
          busy={release.isPending}
          testId="alert-release"
          onOk={(note) => release.mutate({ id: asked.id, note })}
          onCancel={() => setAsked(undefined)}
        />
      ) : null}
    </>
  );
}
