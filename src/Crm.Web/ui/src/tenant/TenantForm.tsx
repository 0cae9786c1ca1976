import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Radio, Select } from 'antd';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { useCommand } from '../api/useCommand';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { FormRefusal, useFormSave } from '../ui/useFormSave';
import { type TenantFields, type TenantSettings, tenantApi, tenantKey } from './api';
import { currencyCodes, currencyName, timeZones, zoneOffset } from './choices';
import { TenantFiles } from './TenantFiles';

export function TenantForm() {
  const query = useQuery({ queryKey: tenantKey, queryFn: tenantApi.get });
  if (query.isPending) return <LinesSkeleton lines={8} />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <BasicsForm known={query.data} />;
}

const fieldNames = ['name', 'currency', 'timeZone', 'locale'] as const;
const pick = ({ name, currency, timeZone, locale }: TenantSettings): TenantFields => ({
  name,
  currency,
  timeZone,
  locale,
});

/** What differs from what was read. */
export function changesOf(known: TenantFields, wanted: TenantFields): Partial<TenantFields> {
  return Object.fromEntries(
    fieldNames.filter((field) => wanted[field] !== known[field]).map((field) => [field, wanted[field]]),
  );
}

const reload = () => cache.invalidateQueries({ queryKey: tenantKey });

function BasicsForm({ known }: { known: TenantSettings }) {
  const { t, i18n } = useTranslation();
  const [form] = Form.useForm<TenantFields>();
  const saving = useFormSave(form);
  useEffect(() => {
    form.setFieldsValue(pick(known));
  }, [form, known]);
  const back = useCommand(tenantApi.amend, () => void reload().then(() => toast('done', t('tenant.back'))));
  const currencies = useMemo(
    () => currencyCodes().map((code) => ({ value: code, label: `${code} · ${currencyName(code, i18n.language)}` })),
    [i18n.language],
  );
  const zones = useMemo(() => timeZones().map((zone) => ({ value: zone, label: `${zone} (${zoneOffset(zone)})` })), []);

  const save = () =>
    saving.save(async (values) => {
      const wanted = { ...values, name: values.name.trim() };
      const before = pick(known);
      const changes = changesOf(before, wanted);
      if (Object.keys(changes).length === 0) return;
      await tenantApi.amend(changes);
      await reload();
      toast('done', t('people.saved'), {
        action: { label: t('common.undo'), run: () => back.mutate(changesOf(wanted, before)) },
      });
    });

  return (
    <Form<TenantFields>
      form={form}
      layout="vertical"
      requiredMark={false}
      className="tenant-form"
      initialValues={pick(known)}
      onFinish={() => void save()}
    >
      <FormRefusal text={saving.refusal} />
      <Form.Item
        name="name"
        label={t('tenant.name')}
        extra={t('tenant.nameText')}
        rules={[{ required: true, whitespace: true, message: t('people.required') }]}
      >
        <Input maxLength={200} data-testid="tenant-name" />
      </Form.Item>
      <Form.Item name="locale" label={t('tenant.locale')} extra={t('tenant.localeText')}>
        <Radio.Group
          optionType="button"
          options={[
            { value: 'zh-CN', label: t('shell.chinese') },
            { value: 'en', label: t('shell.english') },
          ]}
        />
      </Form.Item>
      <Form.Item name="timeZone" label={t('tenant.timeZone')} extra={t('tenant.timeZoneText')}>
        <Select showSearch optionFilterProp="label" options={zones} data-testid="tenant-zone" />
      </Form.Item>
      <Form.Item name="currency" label={t('tenant.currency')} extra={t('tenant.currencyText')}>
        <Select showSearch optionFilterProp="label" options={currencies} data-testid="tenant-currency" />
      </Form.Item>
      <TenantFiles use={known.files} />
      <p className="soft">
        {t('tenant.key')} <code>{known.key}</code>
      </p>
      <Button type="primary" htmlType="submit" loading={saving.busy} data-testid="tenant-save">
        {t('common.save')}
      </Button>
    </Form>
  );
}
