import { ApartmentOutlined, PlusOutlined } from '@ant-design/icons';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Form, Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { pipelines } from '../api/crm';
import { useCommand } from '../api/useCommand';
import { AppForbidden } from '../app/AppNotFoundPage';
import { usePlace } from '../app/places';
import { useMay } from '../rights/useRights';
import { Chip, PageHead } from '../ui/Bits';
import { EmptyState, ErrorState, PageSkeleton } from '../ui/States';
import { named, PipelineEditor } from './PipelineEditor';
import { usePipeline, usePipelines } from './pipelines';
import './pipelines.css';

export function PipelineSettingsPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const may = usePlace('pipelines');
  const mayCreate = useMay('pipelines', 'create');
  const search = useSearch({ from: '/shell/settings/pipelines' });
  const { all, asKept, isPending, error, refetch } = usePipelines();
  const pipeline = usePipeline(search.pipeline);
  const [creating, setCreating] = useState(false);
  const show = (key: string) => void navigate({ to: '/settings/pipelines', search: { pipeline: key }, replace: true });

  if (!may) return <AppForbidden />;
  if (isPending) return <PageSkeleton />;
  if (error) return <ErrorState error={error} retry={refetch} full />;
  const create = mayCreate ? (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)} data-testid="pipeline-create">
      {t('pipelines.create')}
    </Button>
  ) : null;
  return (
    <div className="page settings">
      <PageHead title={t('pipelines.title')}>{create}</PageHead>
      {pipeline ? (
        <div className="settings-grid">
          <nav className="settings-list" aria-label={t('pipelines.title')}>
            {all.map((each) => (
              <button
                key={each.key}
                type="button"
                className={each.key === pipeline.key ? 'settings-item active' : 'settings-item'}
                onClick={() => show(each.key)}
                data-testid={`pipeline-${each.key}`}
              >
                <span className="clip">{each.name}</span>
                {each.retired ? <Chip>{t('pipelines.retired')}</Chip> : null}
              </button>
            ))}
          </nav>
          <PipelineEditor key={pipeline.key} pipeline={asKept.find((each) => each.key === pipeline.key) ?? pipeline} />
        </div>
      ) : (
        <EmptyState icon={<ApartmentOutlined />} title={t('pipelines.empty')} text={t('pipelines.emptyText')}>
          {create}
        </EmptyState>
      )}
      {creating ? (
        <PipelineCreateDialog
          onClose={() => setCreating(false)}
          onDone={(key) => {
            setCreating(false);
            show(key);
          }}
        />
      ) : null}
    </div>
  );
}

interface Fields {
  name: string;
  nameEn?: string;
  key: string;
  preset: 'none' | 'simple' | 'complex' | 'project';
}

function PipelineCreateDialog({ onClose, onDone }: { onClose: () => void; onDone: (key: string) => void }) {
  const { t } = useTranslation();
  const [form] = Form.useForm<Fields>();
  const create = useCommand(
    ({ preset, nameEn, ...rest }: Fields) =>
      pipelines.create({ ...rest, ...named(rest.name, nameEn ?? ''), ...(preset === 'none' ? {} : { preset }) }),
    async (_, { key }) => {
      await cache.invalidateQueries({ queryKey: keys.pipelines });
      onDone(key);
    },
  );
  return (
    <Modal
      open
      title={t('pipelines.create')}
      okText={t('common.save')}
      okButtonProps={{ loading: create.isPending, 'data-testid': 'pipeline-save' }}
      onOk={() =>
        void form.validateFields().then(
          (values) => create.mutate(values),
          () => {},
        )
      }
      onCancel={onClose}
      width={460}
    >
      <Form<Fields> form={form} layout="vertical" requiredMark={false} initialValues={{ preset: 'simple' }}>
        <Form.Item
          name="name"
          label={t('pipelines.name')}
          rules={[{ required: true, whitespace: true, message: t('people.required') }]}
        >
          <Input autoFocus data-testid="pipeline-name" />
        </Form.Item>
        <Form.Item name="nameEn" label={t('pipelines.nameEn')} extra={t('pipelines.nameEnHint')}>
          <Input data-testid="pipeline-name-en" />
        </Form.Item>
        <Form.Item
          name="key"
          label={t('pipelines.key')}
          extra={t('pipelines.keyHint')}
          rules={[{ required: true, pattern: /^[a-z0-9][a-z0-9-]*$/, message: t('pipelines.needKey') }]}
        >
          <Input data-testid="pipeline-key" />
        </Form.Item>
        <Form.Item name="preset" label={t('pipelines.preset')}>
          <Radio.Group
            vertical
            options={(['simple', 'complex', 'project', 'none'] as const).map((value) => ({
              value,
              label: t(`pipelines.presets.${value}`),
            }))}
          />
        </Form.Item>
      </Form>
    </Modal>
  );
}
