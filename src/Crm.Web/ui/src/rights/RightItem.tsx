import { Form, type FormItemProps } from 'antd';
import { useRights } from './useRights';

/** A form's field, left out for those whose role does not fill it in. */
export function RightItem({ slice, ...item }: FormItemProps & { readonly slice: string; readonly name: string }) {
  return useRights().edits(slice, item.name) ? <Form.Item {...item} /> : null;
}
