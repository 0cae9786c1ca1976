import { ApartmentOutlined, PlusOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Checkbox, Form, Input, Modal, Tree, type TreeDataNode } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { type Department, departments } from '../api/rights';
import { useCommand } from '../api/useCommand';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { useMay } from '../rights/useRights';
import { Chip, PageHead, Panel } from '../ui/Bits';
import { compact } from '../ui/forms';
import { EmptyState, ErrorState, PageSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { DepartmentPanel } from './DepartmentPanel';
import { DepartmentSelect } from './DepartmentSelect';
import { isWithin, type Node, toTree } from './tree';
import { useDepartmentQuery } from './useDepartments';
import './organisation.css';

const reload = () => cache.invalidateQueries({ queryKey: keys.departments });

export function OrganisationPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = usePlace('organisation');
  const mayCreate = useMay('departments', 'create');
  const search = useSearch({ from: '/shell/settings/organisation' });
  const query = useDepartmentQuery();
  const [creating, setCreating] = useState<{ parentId: string | null }>();
  const [closed, setClosed] = useState(false);
  const pick = (id: string) =>
    void navigate({ to: '/settings/organisation', search: { department: id }, replace: true });

  if (!may) return <AppForbidden />;
  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} full />;
  const all = query.data;
  const chosen = all.find((each) => each.id === search.department) ?? toTree(all, closed)[0]?.department;
  const create = mayCreate ? (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      onClick={() => setCreating({ parentId: null })}
      data-testid="department-create"
    >
      {t('rights.organisation.create')}
    </Button>
  ) : null;
  return (
    <div className="page settings organisation">
      <PageHead title={t('rights.organisation.title')}>{chosen ? create : null}</PageHead>
      {!chosen ? (
        <EmptyState
          icon={<ApartmentOutlined />}
          title={t('rights.organisation.empty')}
          text={t('rights.organisation.emptyText')}
        >
          {create}
        </EmptyState>
      ) : (
        <div className="organisation-grid">
          <Panel>
            <DepartmentTree all={all} closed={closed} chosen={chosen.id} pick={pick} />
            <div className="organisation-foot">
              <span className="faint desktop-only">{t('rights.organisation.drag')}</span>
              {all.some((each) => !each.open) ? (
                <Checkbox
                  checked={closed}
                  onChange={(event) => setClosed(event.target.checked)}
                  data-testid="departments-closed"
                >
                  {t('rights.organisation.showClosed')}
                </Checkbox>
              ) : null}
            </div>
          </Panel>
          <DepartmentPanel
            key={chosen.id}
            department={chosen}
            all={all}
            createBelow={() => setCreating({ parentId: chosen.id })}
          />
        </div>
      )}
      {creating ? (
        <DepartmentCreateDialog
          parentId={creating.parentId}
          onClose={() => setCreating(undefined)}
          onDone={(id) => {
            setCreating(undefined);
            pick(id);
          }}
        />
      ) : null}
    </div>
  );
}

function DepartmentTree(props: {
  all: readonly Department[];
  closed: boolean;
  chosen: string;
  pick: (id: string) => void;
}) {
  const { t } = useTranslation();
  const people = usePeople();
  const mayMove = useMay('departments', 'move');
  const { all, closed } = props;
  const counts = useMemo(() => {
    const known = new Map<string, number>();
    for (const person of people)
      if (person.active && person.departmentId)
        known.set(person.departmentId, (known.get(person.departmentId) ?? 0) + 1);
    return known;
  }, [people]);
  const move = useCommand(
    ({ id, parentId }: { id: string; parentId: string | null; back?: boolean }) => departments.move(id, parentId),
    (_, { id, parentId, back }) => {
      const [moved, parent] = [all.find((each) => each.id === id), all.find((each) => each.id === parentId)];
      void reload();
      const before = moved?.parentId ?? null;
      toast(
        'done',
        t('rights.organisation.moved', {
          name: moved?.name ?? '',
          parent: parent?.name ?? t('rights.organisation.top'),
        }),
        back
          ? undefined
          : {
              action: { label: t('common.undo'), run: () => move.mutate({ id, parentId: before, back: true }) },
            },
      );
    },
  );
  const toData = ({ department, children }: Node): TreeDataNode => ({
    key: department.id,
    title: (
      <span className="tree-title" data-testid={`department-${department.id}`}>
        <span className="clip">{department.name}</span>
        {department.open ? (
          <span className="faint num">{counts.get(department.id) ?? 0}</span>
        ) : (
          <Chip>{t('rights.organisation.closed')}</Chip>
        )}
      </span>
    ),
    children: children.map(toData),
  });
  const data = toTree(all, closed).map(toData);
  return (
    <Tree
      blockNode
      treeData={data}
      defaultExpandAll
      // a new tree when departments come or go, so that they are unfolded
      key={all.length}
      selectedKeys={[props.chosen]}
      onSelect={(picked) => picked[0] !== undefined && props.pick(String(picked[0]))}
      draggable={mayMove ? { icon: false } : false}
      allowDrop={({ dragNode, dropNode, dropPosition }) =>
        dropPosition !== 0 || !isWithin(all, String(dropNode.key), String(dragNode.key))
      }
      onDrop={({ dragNode, node, dropToGap }) => {
        const target = all.find((each) => each.id === node.key);
        const parentId = dropToGap ? (target?.parentId ?? null) : String(node.key);
        const id = String(dragNode.key);
        if (all.find((each) => each.id === id)?.parentId !== parentId) move.mutate({ id, parentId });
      }}
    />
  );
}

interface Fields {
  name: string;
  parentId?: string | null;
  managerId?: string | null;
  region?: string;
}

function DepartmentCreateDialog(props: { parentId: string | null; onClose: () => void; onDone: (id: string) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const create = useCommand(
    (values: Fields) => departments.create({ ...compact(values), name: values.name.trim() }),
    async ({ id }, { name }) => {
      await reload();
      toast('done', t('rights.organisation.created', { name }));
      props.onDone(id);
    },
  );
  return (
    <Modal
      open
      title={t('rights.organisation.create')}
      okText={t('common.save')}
      okButtonProps={{ loading: create.isPending, 'data-testid': 'department-save' }}
      onOk={() =>
        void form.validateFields().then(
          (values) => create.mutate(values),
          () => {},
        )
      }
      onCancel={props.onClose}
      width={440}
    >
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ parentId: props.parentId }}>
        <Form.Item
          name="name"
          label={t('rights.organisation.name')}
          rules={[{ required: true, whitespace: true, message: t('people.required') }]}
        >
          <Input autoFocus maxLength={200} data-testid="department-name" />
        </Form.Item>
        <Form.Item name="parentId" label={t('rights.organisation.parent')}>
          <DepartmentSelect placeholder={t('rights.organisation.top')} />
        </Form.Item>
        <Form.Item
          name="managerId"
          label={t('rights.organisation.manager')}
          extra={t('rights.organisation.managerHint')}
        >
          <PersonSelect allowClear testId="department-manager" />
        </Form.Item>
        <Form.Item name="region" label={t('rights.organisation.region')} extra={t('rights.organisation.regionHint')}>
          <Input maxLength={200} data-testid="department-region" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
