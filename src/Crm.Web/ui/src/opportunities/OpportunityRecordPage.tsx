import { CloseCircleOutlined, TrophyOutlined, UndoOutlined } from '@ant-design/icons';
import { useParams } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { patchRecord, refreshRecord } from '../api/cache';
import { opportunities } from '../api/crm';
import { explain } from '../api/explain';
import { type LossReason, lossReasons, type Opportunity } from '../api/types';
import { RecordCustomFields } from '../fields/RecordCustomFields';
import { usePipelines, wonStage } from '../pipelines/pipelines';
import { type FieldSpec, RecordFields } from '../records/RecordFields';
import { RecordLink } from '../records/RecordLink';
import { RecordNextStep } from '../records/RecordNextStep';
import { RecordOwner } from '../records/RecordOwner';
import { RecordPage } from '../records/RecordPage';
import { useAmend } from '../records/useAmend';
import { useRecord } from '../records/useRecord';
import { useRights } from '../rights/useRights';
import { Ago, MoneyText, Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { ErrorState, PageSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { OpportunityLoseDialog } from './OpportunityLoseDialog';
import { OpportunityStageBar } from './OpportunityStageBar';
import { OpportunityStatusChip } from './OpportunityStatusChip';
import './opportunities.css';

export function OpportunityRecordPage() {
  const { id } = useParams({ from: '/shell/opportunities/$id' });
  const query = useRecord('opportunities', id);
  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  return <OpportunityRecord key={id} opportunity={query.data} viewers={query.viewers} />;
}

function OpportunityRecord(props: { opportunity: Opportunity; viewers: ReturnType<typeof useRecord>['viewers'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { opportunity } = props;
  const { all } = usePipelines();
  const pipeline = all.find((each) => each.key === opportunity.pipeline);
  const amending = useAmend('opportunities', opportunity.id);
  const commands = useOpportunityCommands(opportunity);
  const [losing, setLosing] = useState(false);
  const closed = opportunity.status !== 'open';
  const rights = useRights();
  const stageName = (key: string) => pipeline?.stages.find((stage) => stage.key === key)?.name ?? key;

  const move = (stage: string) => {
    if (pipeline && wonStage(pipeline)?.key === stage) commands.win();
    else commands.move(stage, stageName(stage), opportunity.stage);
  };

  return (
    <RecordPage
      slice="opportunities"
      record={opportunity}
      viewers={props.viewers}
      amending={amending}
      status={<OpportunityStatusChip status={opportunity.status} />}
      actions={
        closed ? (
          !rights.may('opportunities', 'reopen') ? null : (
            <Button icon={<UndoOutlined />} onClick={commands.reopen} data-testid="opportunity-reopen">
              {t('opportunities.reopen')}
            </Button>
          )
        ) : (
          <>
            {rights.may('opportunities', 'lose') ? (
              <Button icon={<CloseCircleOutlined />} onClick={() => setLosing(true)} data-testid="opportunity-lose">
                {t('opportunities.lose')}
              </Button>
            ) : null}
            {rights.may('opportunities', 'win') ? (
              <Button type="primary" icon={<TrophyOutlined />} onClick={commands.win} data-testid="opportunity-win">
                {t('opportunities.win')}
              </Button>
            ) : null}
          </>
        )
      }
      facts={[
        { label: t('fields.amount'), field: 'amount', value: <MoneyText money={opportunity.amount} /> },
        {
          label: t('fields.ownerId'),
          value: <RecordOwner slice="opportunities" record={opportunity} allowNobody={false} />,
        },
        {
          label: t('fields.customerId'),
          field: 'customerId',
          value: opportunity.customerId ? (
            <RecordLink slice="customers" id={opportunity.customerId} known={opportunity.customerName} />
          ) : (
            t('record.none')
          ),
        },
        {
          label: closed ? t('fields.closedOn') : t('fields.expectedCloseOn'),
          value: (closed ? opportunity.closedOn : opportunity.expectedCloseOn)
            ? format.day((closed ? opportunity.closedOn : opportunity.expectedCloseOn) ?? '')
            : t('record.none'),
        },
        { label: t('fields.lastActivityAt'), field: 'lastActivityAt', value: <Ago at={opportunity.lastActivityAt} /> },
      ]}
      banner={
        <>
          {pipeline ? (
            <OpportunityStageBar
              opportunity={opportunity}
              pipeline={pipeline}
              move={rights.may('opportunities', 'move') ? move : undefined}
            />
          ) : null}
          {opportunity.status === 'lost' ? (
            <div className="notice notice-plain" data-testid="opportunity-loss">
              {t('opportunities.lostBecause', {
                reason: opportunity.lossReason ? t(`lossReasons.${opportunity.lossReason}`) : '',
              })}
              {opportunity.competitor ? t('opportunities.lostTo', { competitor: opportunity.competitor }) : null}
            </div>
          ) : null}
          <OpportunityLoseDialog
            open={losing}
            onCancel={() => setLosing(false)}
            onLose={(loss) => {
              setLosing(false);
              commands.lose(loss);
            }}
          />
        </>
      }
      step={<RecordNextStep slice="opportunities" id={opportunity.id} step={opportunity.nextStep} closed={closed} />}
      side={
        <>
          <Panel title={t('record.fields')}>
            <RecordFields
              slice="opportunities"
              record={opportunity}
              fields={useOpportunityFieldSpecs(opportunity)}
              amend={amending.amend}
            />
          </Panel>
          <RecordCustomFields slice="opportunities" custom={opportunity.custom} amend={amending.amend} />
        </>
      }
    />
  );
}

function useOpportunityFieldSpecs(opportunity: Opportunity): FieldSpec[] {
  const { t } = useTranslation();
  const { all } = usePipelines();
  const pipelineName = all.find((each) => each.key === opportunity.pipeline)?.name ?? opportunity.pipeline;
  const fields: FieldSpec[] = [
    { key: 'amount', label: t('fields.amount'), kind: 'money', required: true },
    { key: 'expectedCloseOn', label: t('fields.expectedCloseOn'), kind: 'day' },
    { key: 'note', label: t('fields.note'), kind: 'long' },
    { key: 'pipeline', label: t('fields.pipeline'), kind: 'shown', render: () => <span>{pipelineName}</span> },
  ];
  if (opportunity.contactId) {
    const id = opportunity.contactId;
    fields.push({
      key: 'contactId',
      label: t('fields.contactId'),
      kind: 'shown',
      render: () => <RecordLink slice="contacts" id={id} />,
    });
  }
  if (opportunity.leadId) {
    const id = opportunity.leadId;
    fields.push({
      key: 'leadId',
      label: t('fields.leadId'),
      kind: 'shown',
      render: () => <RecordLink slice="leads" id={id} />,
    });
  }
  if (opportunity.status === 'lost')
    fields.push({
      key: 'lossReason',
      label: t('fields.lossReason'),
      kind: 'shown',
      render: () => (
        <span>
          {lossReasons.includes(opportunity.lossReason as LossReason)
            ? t(`lossReasons.${opportunity.lossReason as LossReason}`)
            : t('record.none')}
        </span>
      ),
    });
  fields.push({
    key: 'createdAt',
    label: t('fields.createdAt'),
    kind: 'shown',
    render: () => <Ago at={opportunity.createdAt} />,
  });
  return fields;
}

/** The verbs of a deal: shown at once, taken back with the reason if refused, undone from the toast. */
function useOpportunityCommands({ id, name }: Opportunity) {
  const { t } = useTranslation();
  const run = async (patch: Partial<Opportunity>, command: () => Promise<unknown>, done: string, undo?: () => void) => {
    const takeBack = patchRecord('opportunities', id, patch);
    try {
      await command();
      refreshRecord('opportunities', id);
      toast('done', done, { about: id, ...(undo ? { action: { label: t('common.undo'), run: undo } } : {}) });
    } catch (error) {
      takeBack();
      toast('bad', explain(error));
    }
  };
  const reopen = () => void run({}, () => opportunities.reopen(id), t('opportunities.reopened', { name }));
  return {
    reopen,
    move: (stage: string, stageName: string, from: string) =>
      void run(
        { stage },
        () => opportunities.move(id, stage),
        t('opportunities.moved', { name, stage: stageName }),
        () => void run({ stage: from }, () => opportunities.move(id, from), t('common.undo')),
      ),
    win: () => void run({ status: 'won' }, () => opportunities.win(id), t('opportunities.won', { name }), reopen),
    lose: (loss: { reason: LossReason; competitor?: string; note?: string }) =>
      void run(
        { status: 'lost', lossReason: loss.reason },
        () => opportunities.lose(id, loss),
        t('opportunities.lost', { name }),
        reopen,
      ),
  };
}
