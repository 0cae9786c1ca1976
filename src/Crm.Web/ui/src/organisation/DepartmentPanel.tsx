import { PlusOutlined } from '@ant-design/icons';
import { Button, Input, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { people as peopleApi } from '../api/crm';
import { type Department, departments } from '../api/rights';
import type { User } from '../api/types';
import { useCommand } from '../api/useCommand';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { useRights, useRoleNames } from '../rights/useRights';
import { Avatar } from '../ui/Avatar';
import { Chip, Panel } from '../ui/Bits';
import { toast } from '../ui/toast';
import { DepartmentSelect } from './DepartmentSelect';

const reload = () => void cache.invalidateQueries({ queryKey: keys.departments });

interface Props {
  readonly department: Department;
  readonly all: readonly Department[];
  readonly createBelow: () => void;
}

/** One department: its name, place, manager and region, each kept as soon as it is changed; and who is in it. */
export function DepartmentPanel({ department, all, createBelow }: Props) {
  const { t } = useTranslation();
  const rights = useRights();
  const people = usePeople();
  const may = (verb: string) => rights.may('departments', verb);
  const mayAmend = may('amend') && department.open;
  const saved = () => {
    reload();
    toast('done', t('rights.organisation.saved'));
  };
  const amend = useCommand(
    (changes: { name?: string; managerId?: string | null; region?: string | null }) =>
      departments.amend(department.id, changes),
    saved,
  );
  const move = useCommand((parentId: string | null) => departments.move(department.id, parentId), saved);
  const reopen = useCommand(
    () => departments.reopen(department.id),
    () => {
      reload();
      toast('done', t('rights.organisation.wasReopened', { name: department.name }));
    },
  );
  const close = useCommand(
    () => departments.close(department.id),
    () => {
      reload();
      toast('done', t('rights.organisation.wasClosed', { name: department.name }), {
        action: { label: t('common.undo'), run: () => reopen.mutate(undefined) },
      });
    },
  );
  const members = people.filter((person) => person.departmentId === department.id);
  const used =
    members.some((person) => person.active) || all.some((each) => each.open && each.parentId === department.id);
  const manager = people.find((person) => person.id === department.managerId);
  const parent = all.find((each) => each.id === department.parentId);
  return (
    <Panel
      testId="department"
      title={
        <span className="department-title">
          {department.name} {department.open ? null : <Chip>{t('rights.organisation.closed')}</Chip>}
        </span>
      }
      extra={
        <span className="department-actions">
          {department.open && may('create') ? (
            <Button size="small" icon={<PlusOutlined />} onClick={createBelow} data-testid="department-create-below">
              {t('rights.organisation.createBelow')}
            </Button>
          ) : null}
          {department.open && may('close') ? (
            <Tooltip title={used ? t('rights.organisation.closeHint') : null}>
              <Button
                size="small"
                type="text"
                disabled={used}
                loading={close.isPending}
                onClick={() => close.mutate(undefined)}
                data-testid="department-close"
              >
                {t('rights.organisation.close')}
              </Button>
            </Tooltip>
          ) : null}
          {!department.open && may('reopen') ? (
            <Button
              size="small"
              loading={reopen.isPending}
              onClick={() => reopen.mutate(undefined)}
              data-testid="department-reopen"
            >
              {t('rights.organisation.reopen')}
            </Button>
          ) : null}
        </span>
      }
    >
      <dl className="department-fields">
        <dt>{t('rights.organisation.name')}</dt>
        <dd>
          <KeptText
            value={department.name}
            disabled={!mayAmend}
            label={t('rights.organisation.name')}
            keep={(name) => name !== '' && amend.mutate({ name })}
            testId="department-rename"
          />
        </dd>
        <dt>{t('rights.organisation.parent')}</dt>
        <dd>
          {may('move') && department.open ? (
            <DepartmentSelect
              value={department.parentId}
              notWithin={department.id}
              placeholder={t('rights.organisation.top')}
              onChange={(parentId) => parentId !== department.parentId && move.mutate(parentId)}
              testId="department-parent"
            />
          ) : (
            (parent?.name ?? t('rights.organisation.top'))
          )}
        </dd>
        <dt>{t('rights.organisation.manager')}</dt>
        <dd>
          {mayAmend ? (
            <PersonSelect
              allowClear
              value={department.managerId}
              placeholder={t('rights.people.none')}
              onChange={(managerId) => managerId !== department.managerId && amend.mutate({ managerId })}
              testId="department-panel-manager"
            />
          ) : (
            (manager?.name ?? t('rights.people.none'))
          )}
          <p className="faint">{t('rights.organisation.managerHint')}</p>
        </dd>
        <dt>{t('rights.organisation.region')}</dt>
        <dd>
          <KeptText
            value={department.region ?? ''}
            disabled={!mayAmend}
            label={t('rights.organisation.region')}
            keep={(region) => amend.mutate({ region: region === '' ? null : region })}
            testId="department-panel-region"
          />
          <p className="faint">{t('rights.organisation.regionHint')}</p>
        </dd>
      </dl>
      <Members department={department} members={members} />
    </Panel>
  );
}

/** A text that is kept when it is left or Enter is pressed. */
function KeptText(props: {
  value: string;
  disabled: boolean;
  label: string;
  keep: (text: string) => void;
  testId: string;
}) {
  const [draft, setDraft] = useState<string>();
  const keep = () => {
    const text = draft?.trim();
    setDraft(undefined);
    if (text !== undefined && text !== props.value) props.keep(text);
  };
  return (
    <Input
      value={draft ?? props.value}
      disabled={props.disabled}
      maxLength={200}
      aria-label={props.label}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={keep}
      onPressEnter={(event) => event.currentTarget.blur()}
      onKeyDown={(event) => event.key === 'Escape' && setDraft(undefined)}
      data-testid={props.testId}
    />
  );
}

function Members({ department, members }: { department: Department; members: readonly User[] }) {
  const { t } = useTranslation();
  const rights = useRights();
  const roleName = useRoleNames();
  const people = usePeople();
  const mayPlace = rights.may('users', 'amend') && rights.edits('users', 'departmentId');
  const place = useCommand(
    ({ id, departmentId }: { id: string; departmentId: string | null }) =>
      peopleApi.tell(id, 'amend', { departmentId }),
    (_, { id, departmentId }) => {
      const person = people.find((each) => each.id === id);
      const before = person?.departmentId ?? null;
      void cache.invalidateQueries({ queryKey: keys.users });
      const words = { name: person?.name ?? '', department: department.name };
      toast(
        'done',
        departmentId === department.id
          ? t('rights.organisation.personMoved', words)
          : t('rights.organisation.personRemoved', words),
        { action: { label: t('common.undo'), run: () => place.mutate({ id, departmentId: before }) } },
      );
    },
  );
  return (
    <section className="department-people">
      <h3>
        {t('rights.organisation.people')} <span className="faint num">{members.length}</span>
      </h3>
      {members.length === 0 ? <p className="faint">{t('rights.organisation.nobody')}</p> : null}
      <ul className="members">
        {members.map((person) => (
          <li key={person.id} data-testid={`member-${person.login}`}>
            <Avatar id={person.id} name={person.name} size={28} />
            <span className="member-who">
              <strong className="clip">{person.name}</strong>
              <span className="faint clip">{[roleName(person.role), person.position].filter(Boolean).join(' · ')}</span>
            </span>
            {person.active ? null : <Chip>{t('people.inactive')}</Chip>}
            {mayPlace ? (
              <Button
                type="text"
                size="small"
                onClick={() => place.mutate({ id: person.id, departmentId: null })}
                data-testid={`member-remove-${person.login}`}
              >
                {t('rights.organisation.remove')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayPlace && department.open ? (
        <PersonSelect
          value={null}
          placeholder={t('rights.organisation.addPerson')}
          onChange={(id) => id && place.mutate({ id, departmentId: department.id })}
          testId="member-add"
        />
      ) : null}
    </section>
  );
}
