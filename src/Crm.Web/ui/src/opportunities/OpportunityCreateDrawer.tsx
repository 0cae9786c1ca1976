import { useNavigate } from '@tanstack/react-router';
import { Button, DatePicker, Drawer, Form, Input, Select } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { records } from '../api/crm';
import { explain } from '../api/explain';
import { asProblem } from '../api/problem';
import { CustomerSelect } from '../customers/CustomerSelect';
import { CustomFormItems } from '../fields/CustomFormItems';
import { PersonSelect } from '../people/PersonSelect';
import { usePipelines, workStages } from '../pipelines/pipelines';
import { RightItem } from '../rights/RightItem';
import { useMe } from '../session/session';
import { useFormat } from '../ui/format';
import { compact, fieldErrors } from '../ui/forms';
import { AmountField, readAmount } from '../ui/MoneyInput';
import { LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';

interface Fields {
  name: string;
  customerId?: string | null;
  amount: string;
  expectedCloseOn?: Dayjs | null;
  pipeline: string;
  stage?: string;
  ownerId?: string | null;
  note?: string;
}

interface Props {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly pipeline?: string;
  readonly customerId?: string;
}

export function OpportunityCreateDrawer({ open, onClose, pipeline, customerId }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { user } = useMe();
  const { all } = usePipelines();
  const [form] = Form.useForm<Fields>();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const usable = all.filter((each) => !each.retired);
  const pipelineKey = Form.useWatch('pipeline', form);
  const chosen = all.find((each) => each.key === pipelineKey);

  const close = () => {
    setRefusal(undefined);
    onClose();
  };
  const save = async () => {
    const values = await form.validateFields().catch(() => undefined);
    const amount = readAmount(values?.amount ?? '');
    if (!values || amount === undefined) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const { expectedCloseOn, ...rest } = values;
      const receipt = await records.create('opportunities', {
        ...compact(rest),
        amount: { amount, currency: format.currency },
        ...(expectedCloseOn ? { expectedCloseOn: expectedCloseOn.format('YYYY-MM-DD') } : {}),
      });
      void cache.invalidateQueries({ queryKey: keys.lists('opportunities') });
      toast('done', t('opportunities.created', { name: values.name }), {
        action: {
          label: t('common.open'),
          run: () => void navigate({ to: '/opportunities/$id', params: { id: receipt.id } }),
        },
      });
      close();
    } catch (error) {
      const problem = asProblem(error);
      const errors = fieldErrors<Fields>(problem);
      if (errors.length > 0) form.setFields(errors);
      else setRefusal(explain(problem));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Drawer
      open={open}
      onClose={close}
      title={t('opportunities.create')}
      size={440}
      destroyOnHidden
      footer={
        <div className="row-end">
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()} data-testid="opportunity-save">
            {t('common.save')}
          </Button>
        </div>
      }
    >
      {refusal ? (
        <div className="notice notice-bad" role="alert">
          {refusal}
        </div>
      ) : null}
      {usable.length === 0 ? (
        <LinesSkeleton lines={8} />
      ) : (
        <Form<Fields>
          form={form}
          layout="vertical"
          requiredMark={false}
          preserve={false}
          initialValues={{ pipeline: pipeline ?? usable[0]?.key, ownerId: user.id, customerId }}
          onFinish={() => void save()}
        >
          <Form.Item
            name="name"
            label={t('fields.opportunityName')}
            rules={[{ required: true, whitespace: true, message: t('opportunities.needName') }]}
          >
            <Input autoFocus data-testid="opportunity-name" maxLength={200} />
          </Form.Item>
          <RightItem slice="opportunities" name="customerId" label={t('fields.customerId')}>
            <CustomerSelect testId="opportunity-customer" />
          </RightItem>
          <div className="form-two">
            <Form.Item
              name="amount"
              label={t('fields.amount')}
              rules={[
                {
                  validator: async (_, text: string) => {
                    if (readAmount(text ?? '') === undefined) throw new Error(t('opportunities.needAmount'));
                  },
                },
              ]}
            >
              <AmountField testId="opportunity-amount" placeholder={t('opportunities.amountHint')} />
            </Form.Item>
            <RightItem slice="opportunities" name="expectedCloseOn" label={t('fields.expectedCloseOn')}>
              <DatePicker style={{ width: '100%' }} data-testid="opportunity-close" />
            </RightItem>
            <Form.Item name="pipeline" label={t('fields.pipeline')} rules={[{ required: true }]}>
              <Select
                options={usable.map((each) => ({ value: each.key, label: each.name }))}
                onChange={() => form.setFieldValue('stage', undefined)}
                data-testid="opportunity-pipeline"
              />
            </Form.Item>
            <Form.Item name="stage" label={t('fields.stage')}>
              <Select
                allowClear
                placeholder={chosen ? workStages(chosen)[0]?.name : ''}
                options={chosen ? workStages(chosen).map((stage) => ({ value: stage.key, label: stage.name })) : []}
                data-testid="opportunity-stage"
              />
            </Form.Item>
          </div>
          <Form.Item name="ownerId" label={t('fields.ownerId')}>
            <PersonSelect testId="opportunity-owner" />
          </Form.Item>
          <RightItem slice="opportunities" name="note" label={t('fields.note')}>
            <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} />
          </RightItem>
          <CustomFormItems slice="opportunities" />
          <button type="submit" hidden />
        </Form>
      )}
    </Drawer>
  );
}
