import { SwapOutlined } from '@ant-design/icons';
import { useParams } from '@tanstack/react-router';
import { Button, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshRecord } from '../api/cache';
import { contacts } from '../api/crm';
import type { Contact } from '../api/types';
import { useCommand } from '../api/useCommand';
import { CustomerSelect } from '../customers/CustomerSelect';
import { RecordCustomFields } from '../fields/RecordCustomFields';
import { type FieldSpec, RecordFields } from '../records/RecordFields';
import { RecordLink } from '../records/RecordLink';
import { RecordPage } from '../records/RecordPage';
import { useAmend } from '../records/useAmend';
import { useRecord } from '../records/useRecord';
import { useMay } from '../rights/useRights';
import { Person } from '../ui/Avatar';
import { Ago, Panel, PhoneLink } from '../ui/Bits';
import { ErrorState, PageSkeleton } from '../ui/States';
import { toast } from '../ui/toast';

export function ContactRecordPage() {
  const { id } = useParams({ from: '/shell/contacts/$id' });
  const query = useRecord('contacts', id);
  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  return <ContactRecord key={id} contact={query.data} viewers={query.viewers} />;
}

function ContactRecord({ contact, viewers }: { contact: Contact; viewers: ReturnType<typeof useRecord>['viewers'] }) {
  const { t } = useTranslation();
  const amending = useAmend('contacts', contact.id);
  const mayMove = useMay('contacts', 'move');
  const fields: FieldSpec[] = [
    { key: 'mobile', label: t('fields.mobile'), kind: 'tel' },
    { key: 'email', label: t('fields.email'), kind: 'email' },
    { key: 'wechat', label: t('fields.wechat'), kind: 'text' },
    { key: 'title', label: t('fields.title'), kind: 'text' },
    { key: 'department', label: t('fields.department'), kind: 'text' },
    { key: 'note', label: t('fields.note'), kind: 'long' },
    { key: 'createdAt', label: t('fields.createdAt'), kind: 'shown', render: () => <Ago at={contact.createdAt} /> },
  ];
  return (
    <RecordPage
      slice="contacts"
      record={contact}
      viewers={viewers}
      amending={amending}
      status={null}
      actions={mayMove ? <ContactMove contact={contact} /> : null}
      facts={[
        {
          label: t('fields.customerId'),
          field: 'customerId',
          value: <RecordLink slice="customers" id={contact.customerId} known={contact.customerName} />,
        },
        { label: t('fields.title'), field: 'title', value: contact.title ?? t('record.none') },
        {
          label: t('fields.mobile'),
          field: 'mobile',
          value: contact.mobile ? <PhoneLink number={contact.mobile} /> : t('record.none'),
        },
        { label: t('fields.ownerId'), value: <Person id={contact.ownerId} /> },
        { label: t('fields.lastActivityAt'), field: 'lastActivityAt', value: <Ago at={contact.lastActivityAt} /> },
      ]}
      side={
        <>
          <Panel title={t('record.fields')}>
            <RecordFields slice="contacts" record={contact} fields={fields} amend={amending.amend} />
          </Panel>
          <RecordCustomFields slice="contacts" custom={contact.custom} amend={amending.amend} />
        </>
      }
    />
  );
}

function ContactMove({ contact }: { contact: Contact }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [customerId, setCustomerId] = useState<string | null>(null);
  const back = useCommand(
    (to: string) => contacts.move(contact.id, to),
    () => refreshRecord('contacts', contact.id),
  );
  const move = useCommand(
    (to: string) => contacts.move(contact.id, to),
    () => {
      const from = contact.customerId;
      setOpen(false);
      refreshRecord('contacts', contact.id);
      toast('done', t('contacts.moved'), { action: { label: t('common.undo'), run: () => back.mutate(from) } });
    },
  );
  return (
    <>
      <Button icon={<SwapOutlined />} onClick={() => setOpen(true)} data-testid="contact-move">
        {t('contacts.move')}
      </Button>
      <Modal
        open={open}
        title={t('contacts.moveTitle', { name: contact.name })}
        okButtonProps={{
          disabled: customerId === null || customerId === contact.customerId,
          loading: move.isPending,
          'data-testid': 'contact-move-save',
        }}
        onOk={() => customerId !== null && move.mutate(customerId)}
        onCancel={() => setOpen(false)}
        width={440}
        destroyOnHidden
      >
        <CustomerSelect value={customerId} onChange={setCustomerId} testId="contact-move-customer" autoFocus />
      </Modal>
    </>
  );
}
