import { Button, Drawer, Form, Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fields } from '../api/crm';
import { explain } from '../api/explain';
import { asProblem } from '../api/problem';
import { type CustomField, type FieldLabel, fieldTypes } from '../api/types';
import { useLabel } from './fields';

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

const labelOf = (zh: string | undefined, en: string | undefined): FieldLabel => ({
  zh: zh?.trim() || null,
  en: en?.trim() || null,
});

/** One option a line, "中文 / English" for two languages. */
const optionsOf = (text: string | undefined) =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [first = '', second] = line.split(' / ');
      return { label: second === undefined ? labelOf(first, undefined) : labelOf(first, second) };
    });

/** Adds a field, or changes what of it may change: never its key or type. */
export function FieldDrawer(props: {
  slice: string;
  field: CustomField | undefined;
  onClose: () => void;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { slice, field } = props;
  const [form] = Form.useForm<Draft>();
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [option, setOption] = useState('');
  const type = Form.useWatch('type', form) ?? field?.type ?? 'text';
  const run = async (work: () => Promise<unknown>, after: () => void) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await work();
      after();
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
    await run(
      () =>
        field
          ? fields.tell(slice, 'amend', { key: field.key, ...shared })
          : fields.tell(slice, 'add', {
              ...shared,
              type,
              ...(draft.key ? { key: draft.key.trim() } : {}),
              ...(type === 'choice' || type === 'multi-choice' ? { options: optionsOf(draft.options) } : {}),
            }),
      props.onDone,
    );
  };
  const tell = (verb: string, body: object) => void run(() => fields.tell(slice, verb, body), props.onDone);
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
          <Form.Item name="zh" label={t('fieldBooks.labelZh')}>
            <Input maxLength={60} data-testid="custom-field-zh" />
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
          <Form.Item name="expression" label={t('fieldBooks.expression')} extra={t('fieldBooks.expressionHint')}>
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
          <Form.Item name="options" label={t('fieldBooks.options')} extra={t('fieldBooks.optionsHint')}>
            <Input.TextArea autoSize={{ minRows: 3, maxRows: 12 }} data-testid="custom-field-options" />
          </Form.Item>
        ) : null}
        <button type="submit" hidden />
      </Form>
      {hasOptions && field ? (
        <div className="stage-list">
          {field.options.map((each) => (
            <div key={each.key} className={each.retired ? 'stage-row retired' : 'stage-row'}>
              <Input
                size="small"
                defaultValue={label(each.label)}
                disabled={each.retired}
                aria-label={t('fieldBooks.options')}
                onBlur={(event) => {
                  const text = event.target.value.trim();
                  if (text !== '' && text !== label(each.label))
                    tell('rename-option', { key: field.key, option: each.key, label: labelOf(text, text) });
                }}
              />
              <Button
                size="small"
                type="text"
                onClick={() =>
                  tell(each.retired ? 'restore-option' : 'retire-option', { key: field.key, option: each.key })
                }
              >
                {each.retired ? t('fieldBooks.restore') : t('fieldBooks.retire')}
              </Button>
            </div>
          ))}
          <div className="field-add">
            <Input
              size="small"
              value={option}
              placeholder={t('fieldBooks.optionNew')}
              onChange={(event) => setOption(event.target.value)}
              data-testid="custom-option-new"
            />
            <Button
              size="small"
              disabled={option.trim() === ''}
              onClick={() => tell('add-option', { key: field.key, option: optionsOf(option)[0] })}
              data-testid="custom-option-add"
            >
              {t('fieldBooks.optionAdd')}
            </Button>
          </div>
        </div>
      ) : null}
    </Drawer>
  );
}
