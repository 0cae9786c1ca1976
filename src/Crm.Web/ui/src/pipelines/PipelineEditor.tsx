import { HolderOutlined, PlusOutlined } from '@ant-design/icons';
import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import {
  arrayMove,
  SortableContext,
  sortableKeyboardCoordinates,
  useSortable,
  verticalListSortingStrategy,
} from '@dnd-kit/sortable';
import { CSS } from '@dnd-kit/utilities';
import { Button, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { pipelines } from '../api/crm';
import { explain } from '../api/explain';
import { isStale } from '../api/problem';
import type { Page, Pipeline, Stage } from '../api/types';
import { Chip, Panel } from '../ui/Bits';
import { KeepInput } from '../ui/KeepInput';
import { toast } from '../ui/toast';

type Tell = (verb: string, body?: object, ifMatch?: number) => Promise<boolean>;

/** Shows stages in another order before the server agreed. */
function showOrder(key: string, stages: Stage[]): void {
  cache.setQueryData<Page<Pipeline>>(keys.pipelines, (page) =>
    page ? { ...page, items: page.items.map((each) => (each.key === key ? { ...each, stages } : each)) } : page,
  );
}

export function PipelineEditor({ pipeline }: { pipeline: Pipeline }) {
  const { t } = useTranslation();
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );
  const tell: Tell = async (verb, body = {}, ifMatch) => {
    try {
      await pipelines.tell(pipeline.key, verb, body, ifMatch);
      return true;
    } catch (error) {
      toast('bad', isStale(error) ? t('pipelines.stale') : explain(error));
      return false;
    } finally {
      void cache.invalidateQueries({ queryKey: keys.pipelines });
    }
  };
  const drop = ({ active, over }: DragEndEvent) => {
    const from = pipeline.stages.findIndex((stage) => stage.key === active.id);
    const to = pipeline.stages.findIndex((stage) => stage.key === over?.id);
    if (from < 0 || to < 0 || from === to) return;
    const stages = arrayMove(pipeline.stages, from, to);
    showOrder(pipeline.key, stages);
    void tell('reorder-stages', { stages: stages.map((stage) => stage.key) }, pipeline.version);
  };
  return (
    <Panel testId="pipeline-editor">
      <div className="pipeline-head">
        <KeepInput
          key={pipeline.name}
          value={pipeline.name}
          label={t('pipelines.name')}
          testId="pipeline-rename"
          keep={(name) => tell('rename', { name })}
        />
        <code>{pipeline.key}</code>
        <span className="grow" />
        <Button
          size="small"
          type="text"
          onClick={() => void tell(pipeline.retired ? 'restore' : 'retire')}
          data-testid="pipeline-retire"
        >
          {pipeline.retired ? t('pipelines.restorePipeline') : t('pipelines.retirePipeline')}
        </Button>
      </div>
      <p className="faint stage-hint">
        {t('pipelines.dragHint')} · {t('pipelines.retireText')}
      </p>
      <DndContext sensors={sensors} collisionDetection={closestCenter} onDragEnd={drop}>
        <SortableContext items={pipeline.stages.map((stage) => stage.key)} strategy={verticalListSortingStrategy}>
          <div className="stage-list">
            {pipeline.stages.map((stage) => (
              <StageRow key={stage.key} stage={stage} tell={tell} />
            ))}
          </div>
        </SortableContext>
      </DndContext>
      <StageAdd tell={tell} after={pipeline.stages.filter((stage) => stage.winRate < 100).at(-1)?.key} />
    </Panel>
  );
}

function StageRow({ stage, tell }: { stage: Stage; tell: Tell }) {
  const { t } = useTranslation();
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: stage.key,
  });
  const style = { transform: CSS.Translate.toString(transform), transition };
  return (
    <div
      ref={setNodeRef}
      style={style}
      className={`settings-row stage-row ${stage.retired ? 'retired' : ''} ${isDragging ? 'moving' : ''}`}
      data-testid={`stage-row-${stage.key}`}
    >
      <button
        type="button"
        ref={setActivatorNodeRef}
        {...attributes}
        {...listeners}
        className="stage-handle"
        aria-label={t('pipelines.drag', { name: stage.name })}
      >
        <HolderOutlined />
      </button>
      <KeepInput
        key={stage.name}
        value={stage.name}
        label={t('pipelines.stageName')}
        testId={`stage-name-${stage.key}`}
        keep={(name) => tell('rename-stage', { stage: stage.key, name })}
      />
      {stage.winRate === 100 ? <Chip tone="good">{t('pipelines.wonStage')}</Chip> : null}
      <span className="grow" />
      <div className="stage-rate">
        <i style={{ width: `${stage.winRate}%` }} />
      </div>
      <RateInput
        key={stage.winRate}
        rate={stage.winRate}
        testId={`stage-rate-${stage.key}`}
        keep={(winRate) => void tell('rate-stage', { stage: stage.key, winRate })}
      />
      <Button
        size="small"
        type="text"
        className="stage-retire"
        onClick={() => void tell(stage.retired ? 'restore-stage' : 'retire-stage', { stage: stage.key })}
        data-testid={`stage-retire-${stage.key}`}
      >
        {stage.retired ? t('pipelines.restore') : t('pipelines.retire')}
      </Button>
    </div>
  );
}

function StageAdd({ tell, after }: { tell: Tell; after: string | undefined }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const [winRate, setWinRate] = useState(50);
  const add = async () => {
    if (name.trim() === '') return;
    if (await tell('add-stage', { name: name.trim(), winRate, ...(after ? { after } : {}) })) setName('');
  };
  return (
    <div className="stage-add">
      <Input
        value={name}
        placeholder={t('pipelines.stageName')}
        onChange={(event) => setName(event.target.value)}
        onPressEnter={() => void add()}
        data-testid="stage-add-name"
      />
      <InputNumber
        min={0}
        max={100}
        value={winRate}
        suffix="%"
        onChange={(value) => setWinRate(value ?? 0)}
        data-testid="stage-add-rate"
      />
      <Button icon={<PlusOutlined />} disabled={name.trim() === ''} onClick={() => void add()} data-testid="stage-add">
        {t('pipelines.addStage')}
      </Button>
    </div>
  );
}

/** A field that keeps itself: Enter or leaving saves, Escape gives up. */
function RateInput(props: { rate: number; testId: string; keep: (rate: number) => void }) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState<number | null>(props.rate);
  const done = () => {
    if (draft === null) setDraft(props.rate);
    else if (draft !== props.rate) props.keep(draft);
  };
  return (
    <InputNumber
      size="small"
      min={0}
      max={100}
      value={draft}
      suffix="%"
      aria-label={t('pipelines.winRate')}
      onChange={setDraft}
      onBlur={done}
      onPressEnter={done}
      data-testid={props.testId}
      style={{ width: 82 }}
    />
  );
}
