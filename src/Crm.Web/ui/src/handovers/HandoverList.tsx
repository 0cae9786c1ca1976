import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { useCommand } from '../api/useCommand';
import { useLiveItems } from '../live/useLiveItems';
import { usePeople } from '../people/people';
import { useNow } from '../platform/clock';
import { useMay } from '../rights/useRights';
import { Person } from '../ui/Avatar';
import { Ago } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { QueryTable } from '../ui/PlainTable';
import { type Handover, handoverApi, handoverKey, handoverTopic } from './api';
import { HandoverProgress } from './HandoverProgress';
import './handovers.css';

const newestFirst = (a: Handover, b: Handover) => (a.startedAt < b.startedAt ? 1 : -1);

/** Everybody who was handed over, each taken back with one click while that may be done. */
export function HandoverList() {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const people = usePeople();
  const mayUndo = useMay('handovers', 'request-undo');
  const query = useLiveItems<Handover>(handoverKey, handoverApi.list, handoverTopic, newestFirst);
  const [asked, setAsked] = useState<Handover>();
  const undo = useCommand(handoverApi.undo, () => {
    setAsked(undefined);
    void cache.invalidateQueries({ queryKey: handoverKey });
    void cache.invalidateQueries({ queryKey: keys.users });
  });
  const name = (id: string) => people.find((person) => person.id === id)?.name ?? t('people.unknown');
  return (
    <>
      <QueryTable<Handover>
        query={query}
        empty={{ title: t('handovers.empty'), text: t('handovers.emptyText') }}
        testId="handovers"
        rowKey={(row) => row.id}
        rowTestId={(row) => `handover-of-${row.fromId}`}
        columns={[
          { key: 'from', title: t('handovers.from'), render: (row) => <Person id={row.fromId} /> },
          {
            key: 'to',
            title: t('handovers.takers'),
            render: (row) => [...new Set([...row.to, ...row.shares.flatMap((share) => share.to)])].map(name).join(', '),
          },
          { key: 'at', title: t('audit.when'), render: (row) => <Ago at={row.startedAt} /> },
          {
            key: 'by',
            title: t('handovers.by'),
            render: (row) => <Person id={row.byId} other={t('timeline.by.key')} />,
          },
          { key: 'result', title: t('handovers.result'), render: (row) => <HandoverProgress handover={row} /> },
          {
            key: 'undo',
            title: '',
            right: true,
            render: (row) =>
              mayUndo && row.status === 'done' && row.undoUntil && Date.parse(row.undoUntil) > now ? (
                <>
                  <Button size="small" onClick={() => setAsked(row)} data-testid={`handover-undo-${row.fromId}`}>
                    {t('handovers.undo')}
                  </Button>
                  <div className="faint">{t('handovers.undoUntil', { at: format.instantShort(row.undoUntil) })}</div>
                </>
              ) : null,
          },
        ]}
      />
      {asked ? (
        <Modal
          open
          title={t('handovers.undoAsk')}
          okText={t('handovers.undo')}
          okButtonProps={{ loading: undo.isPending, 'data-testid': 'handover-undo-confirm' }}
          onOk={() => undo.mutate(asked.id)}
          cancelText={t('common.cancel')}
          onCancel={() => setAsked(undefined)}
        >
          <p>{t('handovers.undoText', { name: name(asked.fromId) })}</p>
        </Modal>
      ) : null}
    </>
  );
}
