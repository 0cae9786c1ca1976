import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRights } from '../rights/useRights';
import { CustomEditor } from './CustomValue';
import { isReadable, useCustomFields, useLabel } from './fields';

/** In a form that makes a record: the tenant's own fields that must be filled in. The others wait on the record's page. */
export function CustomFormItems({ slice }: { slice: string }) {
  const { t } = useTranslation();
  const rights = useRights();
  const label = useLabel();
  const fields = useCustomFields(slice).filter((field) => field.required && rights.edits(slice, `custom.${field.key}`));
  return fields.map((field) => (
    <Form.Item
      key={field.key}
      name={['custom', field.key]}
      label={label(field.label)}
      rules={[
        {
          required: true,
          whitespace: field.type === 'text' || field.type === 'link',
          message: t('fieldBooks.needed', { field: label(field.label) }),
        },
        {
          validator: (_, value: unknown) =>
            isReadable(field, value) ? Promise.resolve() : Promise.reject(new Error(t('fieldBooks.noAmount'))),
        },
      ]}
    >
      <CustomEditor field={field} testId={`custom-${field.key}`} />
    </Form.Item>
  ));
}
