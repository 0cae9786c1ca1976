import { PlusOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '../api/cache';
import { queryString } from '../api/client';
import { records } from '../api/crm';
import type { RecordOf } from '../api/types';
import { ContactCreateDrawer } from '../contacts/ContactCreateDrawer';
import { topics } from '../live/protocol';
import { useLiveItems } from '../live/useLiveItems';
import { OpportunityCreateDrawer } from '../opportunities/OpportunityCreateDrawer';
import { OpportunityStatusChip } from '../opportunities/OpportunityStatusChip';
import { stageNames, usePipelines } from '../pipelines/pipelines';
import { compareBy } from '../records/useRecordList';
import { useRights } from '../rights/useRights';
import { Avatar } from '../ui/Avatar';
import { MoneyText, Panel } from '../ui/Bits';
import { LinesSkeleton } from '../ui/States';
import '../home/home.css';

/** How many records of a customer are shown. */
const shownAtMost = 50;

/** The records of one customer, as they are at the moment. */
function useRelated<S extends 'contacts' | 'opportunities'>(slice: S, customerId: string, sort: string) {
  const query = { filter: `customerId eq "${customerId}"`, sort, limit: shownAtMost };
  return useLiveItems<RecordOf[S]>(
    [...keys.lists(slice), 'of', customerId, sort],
    () => records.list(slice, query),
    topics.list(slice, queryString(query)),
    (a, b) => compareBy(sort, a, b),
  );
}

function RelatedPanel(props: {
  title: string;
  count: number | undefined;
  empty: string;
  /** Undefined for those who may not. */
  onAdd: (() => void) | undefined;
  testId: string;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <Panel
      title={props.title}
      testId={props.testId}
      extra={
        props.onAdd ? (
          <Button
            type="text"
            size="small"
            icon={<PlusOutlined />}
            onClick={props.onAdd}
            aria-label={t('common.open')}
            data-testid={`${props.testId}-add`}
          />
        ) : null
      }
    >
      {props.count === undefined ? (
        <LinesSkeleton lines={2} />
      ) : props.count === 0 ? (
        <p className="faint related-empty">{props.empty}</p>
      ) : (
        props.children
      )}
    </Panel>
  );
}

export function CustomerContacts({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const [adding, setAdding] = useState(false);
  const rights = useRights();
  const query = useRelated('contacts', customerId, '-createdAt');
  return (
    <>
      <RelatedPanel
        title={t('customers.contacts')}
        count={query.data?.length}
        empty={t('customers.noContacts')}
        onAdd={rights.mayCreate('contacts') ? () => setAdding(true) : undefined}
        testId="customer-contacts"
      >
        <ul className="lines">
          {query.data?.map((contact) => (
            <li key={contact.id}>
              <Link to="/contacts/$id" params={{ id: contact.id }} className="line">
                <Avatar id={contact.id} name={contact.name} size={28} />
                <span className="line-body">
                  <strong className="clip">{contact.name}</strong>
                  <span className="clip soft">{[contact.title, contact.department].filter(Boolean).join(' · ')}</span>
                </span>
                <span className="num soft">{contact.mobile}</span>
              </Link>
            </li>
          ))}
        </ul>
      </RelatedPanel>
      <ContactCreateDrawer open={adding} customerId={customerId} onClose={() => setAdding(false)} />
    </>
  );
}

export function CustomerOpportunities({ customerId }: { customerId: string }) {
  const { t } = useTranslation();
  const { all } = usePipelines();
  const [adding, setAdding] = useState(false);
  const rights = useRights();
  const query = useRelated(
    'opportunities',
    customerId,
    rights.knows('opportunities', 'amount') ? '-amount' : '-createdAt',
  );
  return (
    <>
      <RelatedPanel
        title={t('customers.opportunities')}
        count={query.data?.length}
        empty={t('customers.noOpportunities')}
        onAdd={rights.mayCreate('opportunities') ? () => setAdding(true) : undefined}
        testId="customer-opportunities"
      >
        <ul className="lines">
          {query.data?.map((row) => (
            <li key={row.id}>
              <Link to="/opportunities/$id" params={{ id: row.id }} className="line">
                <span className="line-body">
                  <strong className="clip">{row.name}</strong>
                  <span className="clip soft">{stageNames(all, row.pipeline).get(row.stage) ?? row.stage}</span>
                </span>
                <MoneyText money={row.amount} />
                <OpportunityStatusChip status={row.status} />
              </Link>
            </li>
          ))}
        </ul>
      </RelatedPanel>
      <OpportunityCreateDrawer open={adding} customerId={customerId} onClose={() => setAdding(false)} />
    </>
  );
}
