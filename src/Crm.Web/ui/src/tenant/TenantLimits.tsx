import { useQuery } from '@tanstack/react-query';
import { Button, Form, InputNumber, Radio } from 'antd';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { useCommand } from '../api/useCommand';
import { Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { FormRefusal, useFormSave } from '../ui/useFormSave';
import { type PolicyLimits, policyKey, tenantApi } from './api';

/** The server's own ranges; it says no to anything else. */
const ranges = {
  approveAboveRows: [0, 100_000_000],
  dailyRows: [0, 100_000_000],
  windowMinutes: [1, 60],
  leastRecords: [10, 1_000_000],
  timesUsual: [2, 100],
} as const;
type NumberField = keyof typeof ranges;
const steps = ['tell', 'mask', 'stop'] as const;

/** How much may leave the company, and what happens when somebody reads far too much. */
export function TenantLimits() {
  const query = useQuery({ queryKey: policyKey, queryFn: tenantApi.policy });
  if (query.isPending) return <LinesSkeleton lines={10} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <LimitsForm known={query.data.limits} />;
}

const reload = () => cache.invalidateQueries({ queryKey: policyKey });

function LimitsForm({ known }: { known: PolicyLimits }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [form] = Form.useForm<PolicyLimits>();
  const saving = useFormSave(form);
  const wanted: PolicyLimits = { ...known, ...Form.useWatch([], form) };
  useEffect(() => {
    form.setFieldsValue(known);
  }, [form, known]);
  const back = useCommand(tenantApi.setLimits, () => void reload().then(() => toast('done', t('tenant.back'))));
  const save = () =>
    saving.save(async (values) => {
      await tenantApi.setLimits(values);
      await reload();
      toast('done', t('people.saved'), { action: { label: t('common.undo'), run: () => back.mutate(known) } });
    });
  const number = (name: NumberField, unit: string, extra: ReactNode) => (
    <Form.Item
      name={name}
      label={t(`tenant.limits.${name}`)}
      extra={extra}
      rules={[{ required: true, message: t('people.required') }]}
    >
      <InputNumber<number>
        min={ranges[name][0]}
        max={ranges[name][1]}
        precision={0}
        formatter={(value) => (value === undefined ? '' : format.number(Number(value)))}
        parser={(text) => Number(text?.replace(/\D/g, '') ?? 0)}
        suffix={unit}
        style={{ width: 200 }}
        data-testid={`limit-${name}`}
      />
    </Form.Item>
  );
  return (
    <Form<PolicyLimits>
      form={form}
      layout="vertical"
      requiredMark={false}
      className="tenant-limits"
      initialValues={known}
      onFinish={() => void save()}
    >
      <FormRefusal text={saving.refusal} />
      <Panel title={t('tenant.limits.exports')}>
        <p className="soft">{t('tenant.limits.exportsText')}</p>
        <div className="form-two">
          {number('approveAboveRows', t('tenant.limits.rows'), t('tenant.limits.approveAboveRowsText'))}
          {number('dailyRows', t('tenant.limits.rows'), t('tenant.limits.dailyRowsText'))}
        </div>
      </Panel>
      <Panel title={t('tenant.limits.reading')}>
        <p className="soft">{t('tenant.limits.readingText')}</p>
        <div className="form-two">
          {number('leastRecords', t('tenant.limits.records'), t('tenant.limits.leastRecordsText'))}
          {number('windowMinutes', t('tenant.limits.minutes'), t('tenant.limits.windowMinutesText'))}
          {number('timesUsual', t('tenant.limits.times'), t('tenant.limits.timesUsualText'))}
        </div>
        <Form.Item name="step" label={t('tenant.limits.step')}>
          <Radio.Group className="tenant-steps">
            {steps.map((step) => (
              <Radio key={step} value={step} data-testid={`limit-step-${step}`}>
                <strong>{t(`tenant.limits.steps.${step}`)}</strong>
                <span className="soft">{t(`tenant.limits.stepTexts.${step}`)}</span>
              </Radio>
            ))}
          </Radio.Group>
        </Form.Item>
        <div className="notice notice-plain" data-testid="limits-sentence">
          {t('tenant.limits.sentence', {
            records: format.number(wanted.leastRecords),
            minutes: wanted.windowMinutes,
            times: wanted.timesUsual,
            step: t(`tenant.limits.stepShort.${wanted.step}`),
          })}
        </div>
      </Panel>
      <Button type="primary" htmlType="submit" loading={saving.busy} data-testid="limits-save">
        {t('common.save')}
      </Button>
    </Form>
  );
}
