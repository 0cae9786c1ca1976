import './fields.css';
import { Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fields } from '../api/crm';
import { explain } from '../api/explain';
import { asProblem } from '../api/problem';
import { type CustomField, fieldTypes } from '../api/types';
import { FieldOptions } from './FieldOptions';
import { labelOf, optionsOf, useLabel } from './fields';

interface Draft {
  zh?: string;
  en?: string;
  key?: string;
  type: CustomField['type'];
  required?: boolean;
  scale?: number;
  expression?: string;
  options?: string;
}

/** Adds a field, or changes what of it may change: never its key or type. */
export function FieldDrawer(props: {
  slice: string;
  field: CustomField | undefined;
  onClose: () => void;
  /** Something was changed; the drawer stays. */
  onChange: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { slice, field } = props;
  const [form] = Form.useForm<Draft>();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const type = Form.useWatch('type', form) ?? field?.type ?? 'text';
  const run = async (work: () => Promise<unknown>): Promise<boolean> => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await work();
      props.onChange();
      return true;
    } catch (error) {
      const problem = asProblem(error);
      // where a formula is wrong is in the server's own sentence only
      const sentence = Object.values(problem.errors).flat()[0] ?? '';
      const at = /^At character (\d+)/.exec(sentence)?.[1];
      setRefusal(
        at
          ? t('fieldBooks.formulaAt', { at, sentence: sentence.replace(/^At character \d+: /, '') })
          : explain(problem),
      );
      return false;
    } finally {
      setBusy(false);
    }
  };
  const save = async () => {
    const draft = await form.validateFields().catch(() => undefined);
    if (!draft) return;
    const shared = {
      label: labelOf(draft.zh, draft.en),
      ...(type === 'number' || type === 'formula' ? { scale: draft.scale ?? 2 } : {}),
      ...(type === 'formula' ? { expression: draft.expression ?? '' } : { required: draft.required ?? false }),
    };
    const isKept = await run(() =>
      field
        ? fields.tell(slice, 'amend', { key: field.key, ...shared })
        : fields.tell(slice, 'add', {
            ...shared,
            type,
            ...(draft.key ? { key: draft.key.trim() } : {}),
            ...(type === 'choice' || type === 'multi-choice' ? { options: optionsOf(draft.options) } : {}),
          }),
    );
    if (isKept) props.onClose();
  };
  const hasOptions = type === 'choice' || type === 'multi-choice';
  return (
    <Drawer
      open
      onClose={props.onClose}
      title={field ? label(field.label) : t('fieldBooks.add')}
      size={460}
      footer={
        <div className="row-end">
          <Button type="primary" loading={busy} onClick={() => void save()} data-testid="custom-field-save">
            {t('common.save')}
          </Button>
        </div>
      }
    >
      {refusal ? (
        <div className="notice notice-bad" role="alert" data-testid="custom-field-refused">
          {refusal}
        </div>
      ) : null}
      <Form<Draft>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={{
          type: field?.type ?? 'text',
          zh: field?.label.zh ?? undefined,
          en: field?.label.en ?? undefined,
          required: field?.required ?? false,
          scale: field?.scale ?? 2,
          expression: field?.expression ?? undefined,
        }}
        onFinish={() => void save()}
      >
        <div className="form-two">
          <Form.Item
            name="zh"
            label={t('fieldBooks.labelZh')}
            dependencies={['en']}
            rules={[
              ({ getFieldValue }) => ({
                validator: (_, zh: string | undefined) =>
                  zh?.trim() || (getFieldValue('en') as string | undefined)?.trim()
                    ? Promise.resolve()
                    : Promise.reject(new Error(t('fieldBooks.labelNeeded'))),
              }),
            ]}
          >
            <Input autoFocus={!field} maxLength={60} data-testid="custom-field-zh" />
          </Form.Item>
          <Form.Item name="en" label={t('fieldBooks.labelEn')}>
            <Input maxLength={60} data-testid="custom-field-en" />
          </Form.Item>
          <Form.Item name="type" label={t('fieldBooks.type')}>
            <Select
              disabled={field !== undefined}
              options={fieldTypes.map((value) => ({ value, label: t(`fieldBooks.types.${value}`) }))}
              data-testid="custom-field-type"
            />
          </Form.Item>
          {field ? (
            <Form.Item label={t('fieldBooks.key')}>
              <Input value={field.key} disabled />
            </Form.Item>
          ) : (
            <Form.Item name="key" label={t('fieldBooks.key')} extra={t('fieldBooks.keyHint')}>
              <Input maxLength={40} data-testid="custom-field-key" />
            </Form.Item>
          )}
        </div>
        {type === 'number' || type === 'formula' ? (
          <Form.Item name="scale" label={t('fieldBooks.scale')}>
            <InputNumber min={0} max={6} />
          </Form.Item>
        ) : null}
        {type === 'formula' ? (
          <Form.Item
            name="expression"
            label={t('fieldBooks.expression')}
            extra={t('fieldBooks.expressionHint')}
            rules={[{ required: true, whitespace: true, message: t('fieldBooks.expressionNeeded') }]}
          >
            <Input.TextArea
              autoSize={{ minRows: 2, maxRows: 6 }}
              maxLength={500}
              data-testid="custom-field-expression"
            />
          </Form.Item>
        ) : (
          <Form.Item name="required" label={t('fieldBooks.required')} valuePropName="checked">
            <Switch size="small" />
          </Form.Item>
        )}
        {hasOptions && !field ? (
          <Form.Item
            name="options"
            label={t('fieldBooks.options')}
            extra={t('fieldBooks.optionsHint')}
            rules={[{ required: true, whitespace: true, message: t('fieldBooks.optionsNeeded') }]}
          >
            <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} data-testid="custom-field-options" />
          </Form.Item>
        ) : null}
        <button type="submit" hidden />
      </Form>
      {hasOptions && field ? (
        <FieldOptions field={field} tell={(verb, body) => run(() => fields.tell(slice, verb, body))} />
      ) : null}
    </Drawer>
  );
}
