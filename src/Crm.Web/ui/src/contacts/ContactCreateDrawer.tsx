import { useNavigate } from '@tanstack/react-router';
import { Button, Drawer, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { records } from '../api/crm';
import { CustomerSelect } from '../customers/CustomerSelect';
import { CustomFormItems } from '../fields/CustomFormItems';
import { RightItem } from '../rights/RightItem';
import { compact } from '../ui/forms';
import { toast } from '../ui/toast';
import { FormRefusal, useFormSave } from '../ui/useFormSave';

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
  const saving = useFormSave(form);
  const close = () => {
    saving.forget();
    props.onClose();
  };
  const save = async () => {
    const saved = await saving.save(async (values) => {
      const receipt = await records.create('contacts', compact(values));
      void cache.invalidateQueries({ queryKey: keys.lists('contacts') });
      toast('done', t('contacts.created', { name: values.name }), {
        action: {
          label: t('common.open'),
          run: () => void navigate({ to: '/contacts/$id', params: { id: receipt.id } }),
        },
      });
    });
    if (saved) close();
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
          <Button type="primary" loading={saving.busy} onClick={() => void save()} data-testid="contact-save">
            {t('common.save')}
          </Button>
        </div>
      }
    >
      <FormRefusal text={saving.refusal} />
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
