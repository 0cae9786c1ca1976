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
import { nameIn } from './pipelines';

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
        <TwoNames of={pipeline} called="name" testId="pipeline-rename" keep={(names) => tell('rename', names)} />
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

/** Both names as a command takes them: without the English one there is none. */
export function named(name: string, nameEn: string): { name: string; nameEn?: string } {
  return { name: name.trim(), ...(nameEn.trim() === '' ? {} : { nameEn: nameEn.trim() }) };
}

/** The name for everybody and the one for those who read English, which may be none. Each keeps itself, and the other stays. */
function TwoNames(props: {
  of: { name: string; nameEn?: string | null };
  called: 'name' | 'stageName';
  testId: string;
  keep: (names: { name: string; nameEn?: string }) => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const { name } = props.of;
  const nameEn = props.of.nameEn ?? '';
  return (
    <div className="two-names">
      <KeepInput
        key={name}
        value={name}
        label={t(`pipelines.${props.called}`)}
        testId={props.testId}
        keep={(text) => props.keep(named(text, nameEn))}
      />
      <KeepInput
        key={`en ${nameEn}`}
        value={nameEn}
        label={t(`pipelines.${props.called}En`)}
        placeholder={t('pipelines.nameEn')}
        testId={`${props.testId}-en`}
        mayBeEmpty
        keep={(text) => props.keep(named(name, text))}
      />
    </div>
  );
}

function StageRow({ stage, tell }: { stage: Stage; tell: Tell }) {
  const { t, i18n } = useTranslation();
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({
    id: stage.key,
  });
  const style = { transform: CSS.Translate.toString(transform), transition };
  const isWon = stage.winRate === 100; // there is always one
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
        aria-label={t('pipelines.drag', { name: nameIn(stage, i18n.language) })}
      >
        <HolderOutlined />
      </button>
      <TwoNames
        of={stage}
        called="stageName"
        testId={`stage-name-${stage.key}`}
        keep={(names) => tell('rename-stage', { stage: stage.key, ...names })}
      />
      <span className="grow" />
      {isWon ? (
        <Chip tone="good">{t('pipelines.wonStage')}</Chip>
      ) : (
        <div className="stage-rate">
          <i style={{ width: `${stage.winRate}%` }} />
        </div>
      )}
      <RateInput
        key={stage.winRate}
        rate={stage.winRate}
        disabled={isWon}
        testId={`stage-rate-${stage.key}`}
        keep={(winRate) => void tell('rate-stage', { stage: stage.key, winRate })}
      />
      <Button
        size="small"
        type="text"
        className="stage-retire"
        disabled={isWon}
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
  const [nameEn, setNameEn] = useState('');
  const [winRate, setWinRate] = useState(50);
  const add = async () => {
    if (name.trim() === '') return;
    if (!(await tell('add-stage', { ...named(name, nameEn), winRate, ...(after ? { after } : {}) }))) return;
    setName('');
    setNameEn('');
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
      <Input
        value={nameEn}
        placeholder={t('pipelines.nameEn')}
        onChange={(event) => setNameEn(event.target.value)}
        onPressEnter={() => void add()}
        data-testid="stage-add-name-en"
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
function RateInput(props: { rate: number; disabled: boolean; testId: string; keep: (rate: number) => void }) {
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
      disabled={props.disabled}
      suffix="%"
      aria-label={t('pipelines.winRate')}
      onChange={setDraft}
      onBlur={done}
      onPressEnter={done}
      data-testid={props.testId}
    />
  );
}
