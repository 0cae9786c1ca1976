import { Button, Drawer, Form, Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { people } from '../api/crm';
import type { User } from '../api/types';
import { asLocale } from '../i18n/i18n';
import { DepartmentSelect } from '../organisation/DepartmentSelect';
import { regionOf } from '../organisation/tree';
import { useDepartments } from '../organisation/useDepartments';
import { RightItem } from '../rights/RightItem';
import { refreshAccess, useRoleOptions } from '../rights/useRights';
import { useMe } from '../session/session';
import { compact } from '../ui/forms';
import { toast } from '../ui/toast';
import { FormRefusal, useFormSave } from '../ui/useFormSave';
import { PersonSelect } from './PersonSelect';

interface Fields {
  name: string;
  login: string;
  password: string;
  role: string;
  departmentId?: string | null;
  position?: string | null;
  superiorId?: string | null;
  region?: string | null;
}

const places = ['name', 'role', 'departmentId', 'position', 'superiorId', 'region'] as const;

/** What differs from the person as read; an emptied field is cleared with null. */
export function changesOf(person: User, values: Partial<Fields>): Partial<Fields> {
  const changes: Record<string, string | null> = {};
  for (const field of places) {
    if (!(field in values)) continue;
    const wanted = values[field]?.trim() || null;
    if (wanted !== (person[field] ?? null)) changes[field] = wanted;
  }
  return changes;
}

/** Makes a person, or changes one: role, department, position, superior, region. */
export function PersonDrawer({ person, onClose }: { person: User | undefined; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [way, setWay] = useState<'invite' | 'password'>('invite');
  const me = useMe();
  const roles = useRoleOptions();
  const { all } = useDepartments();
  const [form] = Form.useForm<Fields>();
  const saving = useFormSave(form);
  const departmentId = Form.useWatch('departmentId', form);
  const inherited = regionOf(all, departmentId ?? null);

  const save = async () => {
    const saved = await saving.save(async (values) => {
      if (person) {
        const changes = changesOf(person, values);
        if (Object.keys(changes).length > 0) await people.tell(person.id, 'amend', changes);
        toast('done', t('people.saved'));
      } else {
        const { password, ...rest } = values;
        const made = { ...compact(rest), name: rest.name.trim(), login: rest.login.trim(), role: rest.role };
        if (way === 'invite') await people.invite({ ...made, locale: asLocale(i18n.language) });
        else await people.create({ ...made, password });
        toast('done', t(way === 'invite' ? 'people.invited' : 'people.created', { name: values.name }));
      }
      void cache.invalidateQueries({ queryKey: keys.roles });
      await cache.invalidateQueries({ queryKey: keys.users });
    });
    if (!saved) return;
    if (person?.id === me.user.id) void refreshAccess();
    onClose();
  };

  const needed = { required: true, whitespace: true, message: t('people.required') };
  return (
    <Drawer
      open
      onClose={onClose}
      title={person ? `${t('rights.people.edit')} · ${person.name}` : t('people.create')}
      size={440}
      footer={
        <div className="row-end">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="primary" loading={saving.busy} onClick={() => void save()} data-testid="person-save">
            {t('common.save')}
          </Button>
        </div>
      }
    >
      <FormRefusal text={saving.refusal} testId="person-refusal" />
      <Form<Fields>
        form={form}
        layout="vertical"
        requiredMark={false}
        initialValues={person ?? { role: 'sales' }}
        onFinish={() => void save()}
      >
        {person ? null : (
          <Form.Item>
            <Segmented
              block
              value={way}
              onChange={setWay}
              options={(['invite', 'password'] as const).map((value) => ({ value, label: t(`people.way.${value}`) }))}
              data-testid="person-way"
            />
          </Form.Item>
        )}
        <RightItem slice="users" name="name" label={t('people.name')} rules={[needed]}>
          <Input autoFocus={!person} data-testid="person-name" maxLength={200} />
        </RightItem>
        {person ? null : (
          <>
            <Form.Item
              name="login"
              label={t(way === 'invite' ? 'people.mail' : 'people.login')}
              rules={[
                needed,
                ...(way === 'invite' ? [{ type: 'email' as const, message: t('problems.email-invalid') }] : []),
              ]}
            >
              <Input autoComplete="off" data-testid="person-login" />
            </Form.Item>
            {way === 'invite' ? (
              <p className="faint">{t('people.inviteText')}</p>
            ) : (
              <Form.Item
                name="password"
                label={t('people.password')}
                rules={[needed, { min: 8, message: t('people.shortPassword') }]}
              >
                <Input.Password autoComplete="new-password" data-testid="person-password" />
              </Form.Item>
            )}
          </>
        )}
        <RightItem slice="users" name="role" label={t('people.roleLabel')}>
          <Select options={roles} disabled={person?.id === me.user.id} data-testid="person-role" />
        </RightItem>
        <RightItem slice="users" name="departmentId" label={t('rights.people.department')}>
          <DepartmentSelect placeholder={t('rights.people.noDepartment')} testId="person-department" />
        </RightItem>
        <RightItem slice="users" name="position" label={t('rights.people.position')}>
          <Input maxLength={200} data-testid="person-position" />
        </RightItem>
        <RightItem slice="users" name="superiorId" label={t('rights.people.superior')}>
          <PersonSelect
            allowClear
            without={person?.id ?? null}
            placeholder={t('rights.people.none')}
            testId="person-superior"
          />
        </RightItem>
        <RightItem
          slice="users"
          name="region"
          label={t('rights.people.region')}
          extra={inherited ? t('rights.people.regionFrom', { region: inherited }) : undefined}
        >
          <Input maxLength={200} data-testid="person-region" />
        </RightItem>
        <button type="submit" hidden />
      </Form>
    </Drawer>
  );
}
