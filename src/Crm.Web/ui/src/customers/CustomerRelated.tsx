import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { keys } from '../api/cache';
import { records } from '../api/crm';
import { ContactCreateDrawer } from '../contacts/ContactCreateDrawer';
import { OpportunityCreateDrawer } from '../opportunities/OpportunityCreateDrawer';
import { OpportunityStatusChip } from '../opportunities/OpportunityStatusChip';
import { stageNames, usePipelines } from '../pipelines/pipelines';
import { useRights } from '../rights/useRights';
import { Avatar } from '../ui/Avatar';
import { MoneyText, Panel } from '../ui/Bits';
import { LinesSkeleton } from '../ui/States';
import '../home/home.css';

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
  const filter = `customerId eq "${customerId}"`;
  const query = useQuery({
    queryKey: [...keys.lists('contacts'), 'of', customerId],
    queryFn: () => records.list('contacts', { filter, limit: 50 }),
    staleTime: 0,
  });
  return (
    <>
      <RelatedPanel
        title={t('customers.contacts')}
        count={query.data?.items.length}
        empty={t('customers.noContacts')}
        onAdd={rights.mayCreate('contacts') ? () => setAdding(true) : undefined}
        testId="customer-contacts"
      >
        <ul className="lines">
          {query.data?.items.map((contact) => (
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
  const query = useQuery({
    queryKey: [...keys.lists('opportunities'), 'of', customerId],
    queryFn: () =>
      records.list('opportunities', {
        filter: `customerId eq "${customerId}"`,
        sort: rights.knows('opportunities', 'amount') ? '-amount' : '-createdAt',
        limit: 50,
      }),
    staleTime: 0,
  });
  return (
    <>
      <RelatedPanel
        title={t('customers.opportunities')}
        count={query.data?.items.length}
        empty={t('customers.noOpportunities')}
        onAdd={rights.mayCreate('opportunities') ? () => setAdding(true) : undefined}
        testId="customer-opportunities"
      >
        <ul className="lines">
          {query.data?.items.map((row) => (
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
