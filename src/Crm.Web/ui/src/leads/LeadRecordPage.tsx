import { CheckOutlined, StopOutlined, SwapOutlined, UndoOutlined, UserAddOutlined } from '@ant-design/icons';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshRecord } from '../api/cache';
import { leads, records } from '../api/crm';
import type { Lead, Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { RecordCustomFields } from '../fields/RecordCustomFields';
import { type FieldSpec, RecordFields } from '../records/RecordFields';
import { RecordLink } from '../records/RecordLink';
import { RecordNextStep } from '../records/RecordNextStep';
import { RecordOwner } from '../records/RecordOwner';
import { RecordPage } from '../records/RecordPage';
import { useAmend } from '../records/useAmend';
import { useRecord } from '../records/useRecord';
import { useRights } from '../rights/useRights';
import { useMe, useModules } from '../session/session';
import { Ago, Chip, Panel, PhoneLink } from '../ui/Bits';
import { ErrorState, PageSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { LeadConvertDialog } from './LeadConvertDialog';
import { LeadRuleOutDialog } from './LeadRuleOutDialog';
import { LeadStatusChip } from './LeadStatusChip';
import { useLeadChoices } from './leadFields';

export function LeadRecordPage() {
  const { id } = useParams({ from: '/shell/leads/$id' });
  const query = useRecord('leads', id);
  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  return <LeadRecord key={id} lead={query.data} viewers={query.viewers} />;
}

function LeadRecord({ lead, viewers }: { lead: Lead; viewers: ReturnType<typeof useRecord>['viewers'] }) {
  const { t } = useTranslation();
  const amending = useAmend('leads', lead.id);
  const fields = useLeadFieldSpecs();
  const closed = lead.status === 'converted' || lead.status === 'ruled-out';
  return (
    <RecordPage
      slice="leads"
      record={lead}
      viewers={viewers}
      amending={amending}
      status={<LeadStatusChip status={lead.status} />}
      actions={<LeadActions lead={lead} />}
      facts={[
        { label: t('fields.ownerId'), value: <RecordOwner slice="leads" record={lead} allowNobody /> },
        { label: t('fields.company'), field: 'company', value: lead.company ?? t('record.none') },
        {
          label: t('fields.mobile'),
          field: 'mobile',
          value: lead.mobile ? <PhoneLink number={lead.mobile} /> : t('record.none'),
        },
        {
          label: t('fields.captures'),
          field: 'captures',
          value: lead.captures > 1 ? <Chip tone="warn">{t('leads.captures', { count: lead.captures })}</Chip> : '1',
        },
        { label: t('fields.lastActivityAt'), field: 'lastActivityAt', value: <Ago at={lead.lastActivityAt} /> },
      ]}
      banner={<LeadBanner lead={lead} />}
      step={<RecordNextStep slice="leads" id={lead.id} step={lead.nextStep} closed={closed} />}
      side={
        <>
          <Panel title={t('record.fields')}>
            <RecordFields slice="leads" record={lead} fields={fields} amend={amending.amend} />
          </Panel>
          <RecordCustomFields slice="leads" custom={lead.custom} amend={amending.amend} />
        </>
      }
    />
  );
}

function useLeadFieldSpecs(): FieldSpec[] {
  const { t } = useTranslation();
  const { sources } = useLeadChoices();
  return [
    { key: 'company', label: t('fields.company'), kind: 'text' },
    { key: 'mobile', label: t('fields.mobile'), kind: 'tel' },
    { key: 'email', label: t('fields.email'), kind: 'email' },
    { key: 'source', label: t('fields.source'), kind: 'choice', options: sources },
    { key: 'region', label: t('fields.region'), kind: 'text' },
    { key: 'product', label: t('fields.product'), kind: 'text' },
    { key: 'note', label: t('fields.note'), kind: 'long' },
  ];
}

function LeadActions({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const [dialog, setDialog] = useState<'convert' | 'rule-out'>();
  const refresh = () => refreshRecord('leads', lead.id);
  const reopen = useCommand(() => leads.reopen(lead.id), refresh);
  const qualify = useCommand(
    () => leads.qualify(lead.id),
    () => {
      refresh();
      toast('done', t('leads.qualified'));
    },
  );
  const { user } = useMe();
  const take = useCommand(
    () => records.assign('leads', lead.id, user.id),
    () => {
      refresh();
      toast('done', t('leads.taken', { name: lead.name }));
    },
  );
  const open = lead.status === 'open' || lead.status === 'qualified';
  const rights = useRights();
  const isOn = useModules();
  const may = (verb: string) => rights.may('leads', verb);
  return (
    <>
      {open && lead.ownerId === null && may('assign') ? (
        <Button
          icon={<UserAddOutlined />}
          loading={take.isPending}
          onClick={() => take.mutate(undefined)}
          data-testid="lead-take"
        >
          {t('leads.take')}
        </Button>
      ) : null}
      {lead.status === 'ruled-out' && may('reopen') ? (
        <Button
          icon={<UndoOutlined />}
          loading={reopen.isPending}
          onClick={() => reopen.mutate(undefined)}
          data-testid="lead-reopen"
        >
          {t('leads.reopen')}
        </Button>
      ) : null}
      {open && may('rule-out') ? (
        <Button icon={<StopOutlined />} onClick={() => setDialog('rule-out')} data-testid="lead-rule-out">
          {t('leads.ruleOut')}
        </Button>
      ) : null}
      {lead.status === 'open' && may('qualify') ? (
        <Button
          icon={<CheckOutlined />}
          loading={qualify.isPending}
          onClick={() => qualify.mutate(undefined)}
          data-testid="lead-qualify"
        >
          {t('leads.qualify')}
        </Button>
      ) : null}
      {open && may('convert') && isOn('customers') ? (
        <Button type="primary" icon={<SwapOutlined />} onClick={() => setDialog('convert')} data-testid="lead-convert">
          {t('leads.convert')}
        </Button>
      ) : null}
      <LeadConvertDialog lead={lead} open={dialog === 'convert'} onClose={() => setDialog(undefined)} />
      <LeadRuleOutDialog
        open={dialog === 'rule-out'}
        onClose={() => setDialog(undefined)}
        onDone={() => {
          refresh();
          toast('done', t('leads.ruledOut', { name: lead.name }), {
            action: { label: t('common.undo'), run: () => reopen.mutate(undefined) },
          });
        }}
        id={lead.id}
      />
    </>
  );
}

function LeadBanner({ lead }: { lead: Lead }) {
  const { t } = useTranslation();
  const rights = useRights();
  if (lead.status === 'ruled-out')
    return (
      <div className="notice notice-plain">
        {t('leads.ruledOutBecause', { reason: lead.ruledOutReason ? t(`ruleOutReasons.${lead.ruledOutReason}`) : '' })}
      </div>
    );
  if (lead.status !== 'converted') return null;
  return (
    <div className="notice notice-good" data-testid="lead-converted">
      {t('leads.convertedTo')}
      {lead.customerId && rights.shows('leads', 'customerId') ? (
        <Became slice="customers" id={lead.customerId} />
      ) : null}
      {lead.contactId && rights.shows('leads', 'contactId') ? <Became slice="contacts" id={lead.contactId} /> : null}
      {lead.opportunityId && rights.shows('leads', 'opportunityId') ? (
        <Became slice="opportunities" id={lead.opportunityId} />
      ) : null}
    </div>
  );
}

function Became({ slice, id }: { slice: Slice; id: string }) {
  const { t } = useTranslation();
  return (
    <span className="became">
      <span className="soft">{t(`slices.${slice}`)}</span> <RecordLink slice={slice} id={id} making />
    </span>
  );
}
