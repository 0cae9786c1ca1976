import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Drawer, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { records } from '../api/crm';
import { explain } from '../api/explain';
import { asProblem, type Problem } from '../api/problem';
import type { CustomerType } from '../api/types';
import { CustomFormItems } from '../fields/CustomFormItems';
import { RightItem } from '../rights/RightItem';
import { compact, fieldErrors } from '../ui/forms';
import { toast } from '../ui/toast';

interface Fields {
  type: CustomerType;
  name: string;
  shortName?: string;
  industry?: string;
  creditCode?: string;
  province?: string;
  city?: string;
  phone?: string;
  mobile?: string;
  email?: string;
  website?: string;
  note?: string;
}

export function CustomerCreateDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [form] = Form.useForm<Fields>();
  const type = Form.useWatch('type', form);
  const [refusal, setRefusal] = useState<Problem>();
  const [busy, setBusy] = useState(false);

  const close = () => {
    setRefusal(undefined);
    onClose();
  };
  const save = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const receipt = await records.create('customers', compact(values));
      void cache.invalidateQueries({ queryKey: keys.lists('customers') });
      toast('done', t('customers.created', { name: values.name }));
      close();
      await navigate({ to: '/customers/$id', params: { id: receipt.id } });
    } catch (error) {
      const problem = asProblem(error);
      const errors = fieldErrors<Fields>(problem);
      if (errors.length > 0) form.setFields(errors);
      else setRefusal(problem);
    } finally {
      setBusy(false);
    }
  };
  const text = (
    name: keyof Fields & ('shortName' | 'industry' | 'province' | 'city' | 'phone' | 'mobile' | 'email' | 'website'),
  ) => (
    <Form.Item name={name} label={t(`fields.${name}`)}>
      <Input data-testid={`customer-${name}`} />
    </Form.Item>
  );

  return (
    <Drawer
      open={open}
      onClose={close}
      title={t('customers.create')}
      size={440}
      destroyOnHidden
      footer={
        <div className="row-end">
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()} data-testid="customer-save">
            {t('common.save')}
          </Button>
        </div>
      }
    >
      {refusal ? (
        <div
          className={refusal.existingId ? 'notice notice-warn' : 'notice notice-bad'}
          role="alert"
          data-testid="customer-refused"
        >
          {explain(refusal)}{' '}
          {refusal.existingId ? (
            <Link to="/customers/$id" params={{ id: refusal.existingId }}>
              {t('customers.takenOpen')}
            </Link>
          ) : null}
        </div>
      ) : null}
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={{ type: 'corporate' }}
        onFinish={() => void save()}
      >
        <Form.Item name="type" label={t('fields.type')}>
          <Radio.Group
            optionType="button"
            options={[
              { value: 'corporate', label: t('statuses.corporate') },
              { value: 'individual', label: t('statuses.individual') },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="name"
          label={t('fields.name')}
          rules={[{ required: true, whitespace: true, message: t('customers.needName') }]}
        >
          <Input autoFocus data-testid="customer-name" />
        </Form.Item>
        {type === 'individual' ? null : (
          <RightItem slice="customers" name="creditCode" label={t('fields.creditCode')}>
            <Input data-testid="customer-creditCode" maxLength={18} />
          </RightItem>
        )}
        <div className="form-two">
          {type === 'individual' ? null : text('shortName')}
          {text('industry')}
          {text('province')}
          {text('city')}
          {type === 'individual' ? text('mobile') : text('phone')}
          {text('email')}
          {type === 'individual' ? null : text('website')}
        </div>
        <RightItem slice="customers" name="note" label={t('fields.note')}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} />
        </RightItem>
        <CustomFormItems slice="customers" />
        <button type="submit" hidden />
      </Form>
    </Drawer>
  );
}
