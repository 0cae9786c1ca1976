import { useParams } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Customer } from '../api/types';
import { RecordCustomFields } from '../fields/RecordCustomFields';
import { type FieldSpec, RecordFields } from '../records/RecordFields';
import { RecordLink } from '../records/RecordLink';
import { RecordOwner } from '../records/RecordOwner';
import { RecordPage } from '../records/RecordPage';
import { useAmend } from '../records/useAmend';
import { useRecord } from '../records/useRecord';
import { useRights } from '../rights/useRights';
import { Ago, Panel } from '../ui/Bits';
import { ErrorState, PageSkeleton } from '../ui/States';
import { CustomerStatusChip } from './CustomerListPage';
import { CustomerContacts, CustomerOpportunities } from './CustomerRelated';

export function CustomerRecordPage() {
  const { id } = useParams({ from: '/shell/customers/$id' });
  const query = useRecord('customers', id);
  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  return <CustomerRecord key={id} customer={query.data} viewers={query.viewers} />;
}

function CustomerRecord({
  customer,
  viewers,
}: {
  customer: Customer;
  viewers: ReturnType<typeof useRecord>['viewers'];
}) {
  const { t } = useTranslation();
  const amending = useAmend('customers', customer.id);
  const rights = useRights();
  return (
    <RecordPage
      slice="customers"
      record={customer}
      viewers={viewers}
      amending={amending}
      status={<CustomerStatusChip status={customer.status} />}
      actions={null}
      facts={[
        { label: t('fields.ownerId'), value: <RecordOwner slice="customers" record={customer} allowNobody={false} /> },
        { label: t('fields.type'), field: 'type', value: t(`statuses.${customer.type}`) },
        { label: t('fields.industry'), field: 'industry', value: customer.industry ?? t('record.none') },
        {
          label: t('fields.city'),
          field: 'city',
          value: [customer.province, customer.city].filter(Boolean).join(' ') || t('record.none'),
        },
        { label: t('fields.lastActivityAt'), field: 'lastActivityAt', value: <Ago at={customer.lastActivityAt} /> },
      ]}
      related={
        <div className="related-grid">
          {rights.may('contacts', 'read') ? <CustomerContacts customerId={customer.id} /> : null}
          {rights.may('opportunities', 'read') ? <CustomerOpportunities customerId={customer.id} /> : null}
        </div>
      }
      side={
        <>
          <Panel title={t('record.fields')}>
            <RecordFields
              slice="customers"
              record={customer}
              fields={useCustomerFieldSpecs(customer)}
              amend={amending.amend}
            />
          </Panel>
          <RecordCustomFields slice="customers" custom={customer.custom} amend={amending.amend} />
        </>
      }
    />
  );
}

function useCustomerFieldSpecs(customer: Customer): FieldSpec[] {
  const { t } = useTranslation();
  const corporate = customer.type === 'corporate';
  const text = (
    key: 'shortName' | 'industry' | 'creditCode' | 'country' | 'province' | 'city' | 'size' | 'enterpriseType',
  ): FieldSpec => ({
    key,
    label: t(`fields.${key}`),
    kind: 'text',
  });
  const fields: FieldSpec[] = [
    ...(corporate ? [text('shortName'), text('creditCode')] : []),
    text('industry'),
    text('country'),
    text('province'),
    text('city'),
    ...(corporate ? [text('size'), text('enterpriseType')] : []),
    { key: 'mobile', label: t('fields.mobile'), kind: 'tel' },
    { key: 'phone', label: t('fields.phone'), kind: 'tel' },
    ...(corporate ? [{ key: 'fax', label: t('fields.fax'), kind: 'tel' } as const] : []),
    { key: 'email', label: t('fields.email'), kind: 'email' },
    { key: 'website', label: t('fields.website'), kind: 'url' },
    { key: 'note', label: t('fields.note'), kind: 'long' },
  ];
  const { leadId, parentId } = customer;
  if (parentId)
    fields.push({
      key: 'parentId',
      label: t('fields.parentId'),
      kind: 'shown',
      render: () => <RecordLink slice="customers" id={parentId} />,
    });
  if (leadId)
    fields.push({
      key: 'leadId',
      label: t('fields.leadId'),
      kind: 'shown',
      render: () => <RecordLink slice="leads" id={leadId} />,
    });
  fields.push({
    key: 'createdAt',
    label: t('fields.createdAt'),
    kind: 'shown',
    render: () => <Ago at={customer.createdAt} />,
  });
  return fields;
}
