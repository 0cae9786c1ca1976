import { Form, Input, Modal, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { type RoleBook, roles } from '../api/rights';
import { useCommand } from '../api/useCommand';
import { nameOfRole } from '../rights/useRights';
import { toast } from '../ui/toast';
import { asDraft } from './RolesPage';
import { freeKey } from './roleDraft';

interface Fields {
  name: string;
  key: string;
  from: string;
}

const nothing = '';

/** A new role, from nothing or as a copy of another one. */
export function RoleCreateDialog(props: {
  book: RoleBook;
  from: string | undefined;
  onClose: () => void;
  onDone: (key: string) => void;
}) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const { items } = props.book;
  const original = items.find((role) => role.key === props.from);
  const taken = items.map((role) => role.key);
  const create = useCommand(
    ({ name, key, from }: Fields) => {
      const source = items.find((role) => role.key === from);
      const { grants, fields } = source ? asDraft(source) : { grants: [], fields: [] };
      return roles.define({ key: key.trim(), name: name.trim(), grants, fields });
    },
    (_, { key, name }) => {
      toast('done', t('rights.roles.created', { name }));
      props.onDone(key.trim());
    },
  );
  return (
    <Modal
      open
      title={original ? t('rights.roles.copy') : t('rights.roles.create')}
      okText={t('common.save')}
      okButtonProps={{ loading: create.isPending, 'data-testid': 'role-create-save' }}
      onOk={() =>
        void form.validateFields().then(
          (values) => create.mutate(values),
          () => {},
        )
      }
      onCancel={props.onClose}
      width={440}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={
          original
            ? {
                name: t('rights.roles.copyOf', { name: nameOfRole(original) }),
                key: freeKey(original.key, taken),
                from: original.key,
              }
            : { from: nothing }
        }
      >
        <Form.Item
          name="name"
          label={t('rights.roles.name')}
          rules={[{ required: true, whitespace: true, message: t('people.required') }]}
        >
          <Input autoFocus maxLength={200} data-testid="role-create-name" />
        </Form.Item>
        <Form.Item
          name="key"
          label={t('rights.roles.key')}
          extra={t('rights.roles.keyHint')}
          rules={[
            { required: true, pattern: /^[a-z0-9][a-z0-9-]*$/, message: t('rights.roles.needKey') },
            {
              validator: async (_, key: string) => {
                if (taken.includes(key)) throw new Error(t('rights.roles.keyTaken'));
              },
            },
          ]}
        >
          <Input data-testid="role-create-key" />
        </Form.Item>
        <Form.Item name="from" label={t('rights.roles.from')}>
          <Select
            options={[
              { value: nothing, label: t('rights.roles.fromNothing') },
              ...items
                .filter((role) => role.key !== 'admin')
                .map((role) => ({ value: role.key, label: nameOfRole(role) })),
              ...(original?.key === 'admin' ? [{ value: 'admin', label: nameOfRole(original) }] : []),
            ]}
            data-testid="role-create-from"
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
