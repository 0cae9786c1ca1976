import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Checkbox, DatePicker, Form, Input, Modal, Radio, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys, refreshRecord } from '../api/cache';
import { leads, records } from '../api/crm';
import { explain } from '../api/explain';
import type { Lead } from '../api/types';
import { CustomerSelect } from '../customers/CustomerSelect';
import { usePipelines, workStages } from '../pipelines/pipelines';
import { useRights } from '../rights/useRights';
import { useFormat } from '../ui/format';
import { AmountField, readAmount } from '../ui/MoneyInput';
import { LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';

interface Fields {
  into: 'new' | 'existing';
  customerId?: string | null;
  withOpportunity: boolean;
  name: string;
  pipeline: string;
  stage?: string;
  amount: string;
  expectedCloseOn?: Dayjs | null;
  keepStep?: boolean;
}

/** Lead → customer, contact and opportunity in one step; looks for the customer first, so that none is made twice. */
export function LeadConvertDialog({ lead, open, onClose }: { lead: Lead; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const rights = useRights();
  const mayCreate = rights.mayCreate('opportunities');
  const step = lead.nextStep;
  const navigate = useNavigate();
  const { all } = usePipelines();
  const [form] = Form.useForm<Fields>();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const into = Form.useWatch('into', form);
  const withOpportunity = Form.useWatch('withOpportunity', form);
  const pipelineKey = Form.useWatch('pipeline', form);
  const usable = all.filter((pipeline) => !pipeline.retired);
  const pipeline = all.find((each) => each.key === pipelineKey);
  const wanted = lead.company ?? lead.mobile ?? lead.name;
  const alike = useQuery({
    queryKey: ['alike-customers', wanted],
    queryFn: () => records.list('customers', { q: wanted, limit: 3 }),
    enabled: open,
  });

  const convert = async () => {
    const values = await form.validateFields().catch(() => undefined);
    const amount = readAmount(values?.amount ?? '');
    if (!values || (values.withOpportunity && amount === undefined)) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const made = await leads.convert(lead.id, {
        ...(values.into === 'existing' && values.customerId ? { customerId: values.customerId } : {}),
        ...(values.withOpportunity && amount !== undefined
          ? {
              opportunity: {
                name: values.name.trim(),
                pipeline: values.pipeline,
                amount: { amount, currency: format.currency },
                ...(values.stage ? { stage: values.stage } : {}),
                ...(values.expectedCloseOn ? { expectedCloseOn: values.expectedCloseOn.format('YYYY-MM-DD') } : {}),
              },
            }
          : {}),
        // a step that is not shown here, or was planned meanwhile, is for the server to keep
        ...(step && !(values.withOpportunity && values.keepStep) ? { keepStep: false } : {}),
      });
      const { opportunityId } = made;
      refreshRecord('leads', lead.id);
      void cache.invalidateQueries({ queryKey: keys.lists('leads') });
      onClose();
      toast('done', t('leads.convertDone', { name: lead.name }));
      if (opportunityId) await navigate({ to: '/opportunities/$id', params: { id: opportunityId } });
      else await navigate({ to: '/customers/$id', params: { id: made.customerId } });
    } catch (error) {
      setRefusal(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Modal
      open={open}
      title={t('leads.convertTitle', { name: lead.name })}
      okText={t('leads.convert')}
      okButtonProps={{ loading: busy, 'data-testid': 'convert-save' }}
      onOk={() => void convert()}
      onCancel={onClose}
      width={560}
      destroyOnHidden
    >
      {refusal ? (
        <div className="notice notice-bad" role="alert">
          {refusal}
        </div>
      ) : null}
      {mayCreate && usable.length === 0 ? (
        <LinesSkeleton lines={6} />
      ) : (
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          preserve={false}
          initialValues={{
            into: 'new',
            withOpportunity: mayCreate,
            name: [lead.company ?? lead.name, lead.product].filter(Boolean).join(' · '),
            pipeline: usable[0]?.key,
            keepStep: true,
          }}
        >
          <Form.Item name="into" label={t('leads.convertCustomer')}>
            <Radio.Group
              className="one-line"
              optionType="button"
              options={[
                { value: 'new', label: t('leads.convertNew', { name: lead.company ?? lead.name }) },
                { value: 'existing', label: t('leads.convertExisting') },
              ]}
            />
          </Form.Item>
          {into === 'new' && (alike.data?.items.length ?? 0) > 0 ? (
            <div className="notice notice-warn">
              {t('leads.convertAlike')}
              {alike.data?.items.map((customer) => (
                <button
                  key={customer.id}
                  type="button"
                  className="link"
                  onClick={() => form.setFieldsValue({ into: 'existing', customerId: customer.id })}
                >
                  {customer.name}
                </button>
              ))}
            </div>
          ) : null}
          {into === 'existing' ? (
            <Form.Item name="customerId" rules={[{ required: true, message: t('customers.choose') }]}>
              <CustomerSelect initialText={lead.company ?? ''} testId="convert-customer" />
            </Form.Item>
          ) : null}
          <Form.Item name="withOpportunity" valuePropName="checked" noStyle hidden={!mayCreate}>
            <Checkbox>{t('leads.convertOpportunity')}</Checkbox>
          </Form.Item>
          {withOpportunity ? (
            <div className="form-two form-gap">
              <Form.Item
                name="name"
                label={t('fields.opportunityName')}
                className="form-wide"
                rules={[{ required: true, whitespace: true, message: t('opportunities.needName') }]}
              >
                <Input data-testid="convert-name" />
              </Form.Item>
              <Form.Item
                name="amount"
                label={t('fields.amount')}
                rules={[
                  {
                    validator: async (_, text: string) =>
                      readAmount(text ?? '') === undefined
                        ? Promise.reject(new Error(t('opportunities.needAmount')))
                        : undefined,
                  },
                ]}
              >
                <AmountField testId="convert-amount" placeholder={t('opportunities.amountHint')} />
              </Form.Item>
              <Form.Item name="expectedCloseOn" label={t('fields.expectedCloseOn')}>
                <DatePicker style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item name="pipeline" label={t('fields.pipeline')} rules={[{ required: true }]}>
                <Select
                  options={usable.map((each) => ({ value: each.key, label: each.name }))}
                  onChange={() => form.setFieldValue('stage', undefined)}
                  data-testid="convert-pipeline"
                />
              </Form.Item>
              <Form.Item name="stage" label={t('fields.stage')}>
                <Select
                  allowClear
                  placeholder={pipeline ? workStages(pipeline)[0]?.name : ''}
                  options={
                    pipeline ? workStages(pipeline).map((stage) => ({ value: stage.key, label: stage.name })) : []
                  }
                />
              </Form.Item>
              {step ? (
                <Form.Item name="keepStep" valuePropName="checked" className="form-wide">
                  <Checkbox data-testid="convert-step">
                    {t('leads.convertStep', { step: step.text, at: format.instantShort(step.dueAt) })}
                  </Checkbox>
                </Form.Item>
              ) : null}
            </div>
          ) : step ? (
            <div className="notice notice-warn form-gap" data-testid="convert-step-ends">
              {t('leads.convertStepEnds', { step: step.text, at: format.instantShort(step.dueAt) })}
            </div>
          ) : null}
        </Form>
      )}
    </Modal>
  );
}
