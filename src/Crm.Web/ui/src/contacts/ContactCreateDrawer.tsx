import { useNavigate } from '@tanstack/react-router';
import { Button, Drawer, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { records } from '../api/crm';
import { explain } from '../api/explain';
import { asProblem } from '../api/problem';
import { CustomerSelect } from '../customers/CustomerSelect';
import { CustomFormItems } from '../fields/CustomFormItems';
import { RightItem } from '../rights/RightItem';
import { compact, fieldErrors } from '../ui/forms';
import { toast } from '../ui/toast';

interface Fields {
  customerId: string;
  name: string;
  mobile?: string;
  email?: string;
  title?: string;
  department?: string;
  wechat?: string;
  note?: string;
}

export function ContactCreateDrawer(props: { open: boolean; onClose: () => void; customerId?: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [form] = Form.useForm<Fields>();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const close = () => {
    setRefusal(undefined);
    props.onClose();
  };
  const save = async () => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      const receipt = await records.create('contacts', compact(values));
      void cache.invalidateQueries({ queryKey: keys.lists('contacts') });
      toast('done', t('contacts.created', { name: values.name }), {
        action: {
          label: t('common.open'),
          run: () => void navigate({ to: '/contacts/$id', params: { id: receipt.id } }),
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
  const text = (name: 'title' | 'department' | 'mobile' | 'wechat' | 'email') => (
    <Form.Item name={name} label={t(`fields.${name}`)}>
      <Input data-testid={`contact-${name}`} />
    </Form.Item>
  );
  return (
    <Drawer
      open={props.open}
      onClose={close}
      title={t('contacts.create')}
      size={440}
      destroyOnHidden
      footer={
        <div className="row-end">
          <Button onClick={close}>{t('common.cancel')}</Button>
          <Button type="primary" loading={busy} onClick={() => void save()} data-testid="contact-save">
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
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        preserve={false}
        initialValues={{ customerId: props.customerId }}
        onFinish={() => void save()}
      >
        <Form.Item
          name="name"
          label={t('fields.name')}
          rules={[{ required: true, whitespace: true, message: t('contacts.needName') }]}
        >
          <Input autoFocus data-testid="contact-name" />
        </Form.Item>
        <Form.Item
          name="customerId"
          label={t('fields.customerId')}
          rules={[{ required: true, message: t('customers.choose') }]}
        >
          <CustomerSelect testId="contact-customer" />
        </Form.Item>
        <div className="form-two">
          {text('title')}
          {text('department')}
          {text('mobile')}
          {text('wechat')}
        </div>
        {text('email')}
        <RightItem slice="contacts" name="note" label={t('fields.note')}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} />
        </RightItem>
        <CustomFormItems slice="contacts" />
        <button type="submit" hidden />
      </Form>
    </Drawer>
  );
}
