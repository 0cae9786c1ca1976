import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { records } from '../api/crm';
import { explain } from '../api/explain';
import { asProblem } from '../api/problem';
import type { Receipt } from '../api/types';
import { CustomFormItems } from '../fields/CustomFormItems';
import { PersonSelect } from '../people/PersonSelect';
import { RightItem } from '../rights/RightItem';
import { useMe } from '../session/session';
import { compact, fieldErrors } from '../ui/forms';
import { toast } from '../ui/toast';
import { useLeadChoices } from './leadFields';

interface Fields {
  name: string;
  company?: string;
  mobile?: string;
  email?: string;
  source?: string;
  region?: string;
  product?: string;
  note?: string;
  ownerId?: string | null;
}

/** Quick entry: only the name is needed; "save and next" keeps the drawer for the pile of cards on the desk. */
export function LeadCreateDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { user } = useMe();
  const { sources } = useLeadChoices();
  const [form] = Form.useForm<Fields>();
  const [duplicate, setDuplicate] = useState<Receipt>();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);

  const close = () => {
    setDuplicate(undefined);
    setRefusal(undefined);
    form.resetFields();
    onClose();
  };
  const save = async (more: boolean) => {
    const values = await form.validateFields().catch(() => undefined);
    if (!values) return;
    setBusy(true);
    setRefusal(undefined);
    setDuplicate(undefined);
    try {
      const receipt = await records.create('leads', compact(values));
      void cache.invalidateQueries({ queryKey: keys.lists('leads') });
      if (receipt.duplicate) {
        setDuplicate(receipt);
        return;
      }
      toast('done', t('leads.created', { name: values.name }), {
        action: {
          label: t('common.open'),
          run: () => void navigate({ to: '/leads/$id', params: { id: receipt.id } }),
        },
      });
      if (more) {
        form.resetFields(['name', 'company', 'mobile', 'email', 'note']);
        form.focusField('name');
      } else close();
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
      title={t('leads.create')}
      size={440}
      destroyOnHidden
      footer={
        <div className="row-end">
          <Button onClick={() => void save(true)} disabled={busy} data-testid="lead-save-next">
            {t('common.saveNext')}
          </Button>
          <Button type="primary" onClick={() => void save(false)} loading={busy} data-testid="lead-save">
            {t('common.save')}
          </Button>
        </div>
      }
    >
      {duplicate ? (
        <div className="notice notice-warn" role="status" data-testid="lead-duplicate">
          <strong>{t('leads.duplicate')}</strong>
          <p>{t('leads.duplicateText')}</p>
          <Link to="/leads/$id" params={{ id: duplicate.id }}>
            {t('leads.duplicateOpen')}
          </Link>
        </div>
      ) : null}
      {refusal ? (
        <div className="notice notice-bad" role="alert">
          {refusal}
        </div>
      ) : null}
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{ ownerId: user.id, source: 'enquiry' }}
        onFinish={() => void save(false)}
      >
        <Form.Item
          name="name"
          label={t('fields.name')}
          rules={[{ required: true, whitespace: true, message: t('leads.needName') }]}
        >
          <Input autoFocus data-testid="lead-name" maxLength={200} />
        </Form.Item>
        <RightItem slice="leads" name="company" label={t('fields.company')}>
          <Input data-testid="lead-company" maxLength={200} />
        </RightItem>
        <div className="form-two">
          <RightItem slice="leads" name="mobile" label={t('fields.mobile')}>
            <Input data-testid="lead-mobile" type="tel" />
          </RightItem>
          <RightItem slice="leads" name="email" label={t('fields.email')}>
            <Input data-testid="lead-email" type="email" />
          </RightItem>
          <RightItem slice="leads" name="source" label={t('fields.source')}>
            <Select options={sources} showSearch={{ optionFilterProp: 'label' }} data-testid="lead-source" />
          </RightItem>
          <RightItem slice="leads" name="region" label={t('fields.region')}>
            <Input data-testid="lead-region" />
          </RightItem>
          <RightItem slice="leads" name="product" label={t('fields.product')}>
            <Input data-testid="lead-product" />
          </RightItem>
          <Form.Item name="ownerId" label={t('fields.ownerId')}>
            <PersonSelect allowClear testId="lead-owner" placeholder={t('people.nobody')} />
          </Form.Item>
        </div>
        <RightItem slice="leads" name="note" label={t('fields.note')}>
          <Input.TextArea autoSize={{ minRows: 3, maxRows: 8 }} data-testid="lead-note" />
        </RightItem>
        <CustomFormItems slice="leads" />
        <button type="submit" hidden />
      </Form>
    </Drawer>
  );
}
