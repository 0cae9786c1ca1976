import { AppstoreOutlined, ClockCircleOutlined, PlusOutlined, SearchOutlined, TableOutlined } from '@ant-design/icons';
import { DndContext, type DragEndEvent, DragOverlay, MeasuringStrategy } from '@dnd-kit/core';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Input, Select } from 'antd';
import { useDeferredValue, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { opportunities } from '../api/crm';
import { explain } from '../api/explain';
import type { BoardCard } from '../api/types';
import { PersonSelect } from '../people/PersonSelect';
import { usePipeline, usePipelines } from '../pipelines/pipelines';
import { useRights } from '../rights/useRights';
import { PageHead } from '../ui/Bits';
import { fromCents, useFormat } from '../ui/format';
import { EmptyState, ErrorState, PageSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { findTarget, loseZone, useAnnouncements, useBoardSensors, winZone } from './boardDrag';
import { toColumns } from './boardMaths';
import { OpportunityBoardColumn } from './OpportunityBoardColumn';
import { OpportunityCardFace } from './OpportunityCard';
import { OpportunityCreateDrawer } from './OpportunityCreateDrawer';
import { OpportunityDropZones } from './OpportunityDropZones';
import { type Loss, OpportunityLoseDialog } from './OpportunityLoseDialog';
import { useBoard } from './useBoard';
import './opportunities.css';

export function OpportunityBoardPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const rights = useRights();
  const navigate = useNavigate();
  const search = useSearch({ from: '/shell/board' });
  const { all, isPending, error, refetch } = usePipelines();
  const pipeline = usePipeline(search.pipeline);
  const board = useBoard(pipeline?.key);
  const [text, setText] = useState(search.q ?? '');
  const wanted = useDeferredValue(text.trim());
  const [lifted, setLifted] = useState<BoardCard>();
  const [losing, setLosing] = useState<BoardCard>();
  const sensors = useBoardSensors();
  const announcements = useAnnouncements();

  const cards = board.data?.cards;
  const columns = useMemo(() => {
    const stages = pipeline?.stages.filter((stage) => stage.winRate < 100) ?? [];
    const filter = { text: wanted, owner: search.owner, overdueOnly: search.overdue ?? false };
    return toColumns(stages, cards?.values() ?? [], filter, format.currency);
  }, [pipeline, cards, wanted, search.owner, search.overdue, format.currency]);

  if (isPending) return <PageSkeleton />;
  if (error) return <ErrorState error={error} retry={refetch} full />;
  if (!pipeline)
    return (
      <div className="page page-centre">
        <EmptyState icon={<AppstoreOutlined />} title={t('pipelines.empty')} text={t('pipelines.emptyText')}>
          {rights.may('pipelines', 'create') ? (
            <Link to="/settings/pipelines" className="button-plain">
              {t('pipelines.create')}
            </Link>
          ) : null}
        </EmptyState>
      </div>
    );

  const go = (change: Partial<typeof search>) =>
    void navigate({ to: '/board', search: { ...search, ...change, create: change.create }, replace: true });
  const refused = (reason: unknown) => toast('bad', t('board.rolledBack'), { detail: explain(reason) });
  const reopen = (card: BoardCard) =>
    void opportunities
      .reopen(card.id)
      .then(() => toast('done', t('opportunities.reopened', { name: card.name }), { about: card.id }), refused);

  const move = async (card: BoardCard, stage: string, undoable: boolean) => {
    try {
      await board.hold(card, stage, () => opportunities.move(card.id, stage));
    } catch (reason) {
      refused(reason);
      return;
    }
    if (!undoable) return;
    const name = pipeline.stages.find((each) => each.key === stage)?.name ?? stage;
    toast('done', t('opportunities.moved', { name: card.name, stage: name }), {
      about: card.id,
      action: { label: t('common.undo'), run: () => void move({ ...card, stage }, card.stage, false) },
    });
  };
  const win = async (card: BoardCard) => {
    try {
      await board.hold(card, null, () => opportunities.win(card.id));
      toast('done', t('opportunities.won', { name: card.name }), {
        about: card.id,
        action: { label: t('common.undo'), run: () => reopen(card) },
      });
    } catch (reason) {
      refused(reason);
    }
  };
  const lose = async (card: BoardCard, loss: Loss) => {
    setLosing(undefined);
    try {
      await board.hold(card, null, () => opportunities.lose(card.id, loss));
      toast('done', t('opportunities.lost', { name: card.name }), {
        about: card.id,
        action: { label: t('common.undo'), run: () => reopen(card) },
      });
    } catch (reason) {
      refused(reason);
    }
  };
  const drop = ({ active, over }: DragEndEvent) => {
    setLifted(undefined);
    const card = cards?.get(String(active.id));
    if (!card || !over) return;
    if (over.id === winZone) void win(card);
    else if (over.id === loseZone) setLosing(card);
    else if (over.id !== card.stage) void move(card, String(over.id), true);
  };

  const total = columns.reduce((sum, column) => sum + column.totalCents, 0);
  const weighted = columns.reduce((sum, column) => sum + column.weightedCents, 0);
  const count = columns.reduce((sum, column) => sum + column.cards.length, 0);

  return (
    <div className="page page-full board-page">
      <PageHead
        title={t('nav.board')}
        sub={
          <span data-testid="board-total">
            {format.number(count)}
            {rights.knows('opportunities', 'amount')
              ? ` · ${format.moneyShort(fromCents(total))} · ${t('board.weighted', { amount: format.moneyShort(fromCents(weighted)) })}`
              : null}
          </span>
        }
      >
        <Link to="/opportunities" className="button-plain desktop-only">
          <TableOutlined />
          {t('nav.opportunities')}
        </Link>
        {rights.mayCreate('opportunities') ? (
          <Button
            type="primary"
            icon={<PlusOutlined />}
            onClick={() => go({ create: true })}
            data-testid="opportunity-create"
          >
            {t('opportunities.create')}
          </Button>
        ) : null}
      </PageHead>
      <div className="toolbar">
        <Select
          size="small"
          value={pipeline.key}
          options={all.filter((each) => !each.retired).map((each) => ({ value: each.key, label: each.name }))}
          onChange={(key: string) => go({ pipeline: key })}
          popupMatchSelectWidth={false}
          aria-label={t('fields.pipeline')}
          data-testid="board-pipeline"
        />
        <Input
          className="toolbar-search"
          prefix={<SearchOutlined />}
          allowClear
          value={text}
          placeholder={t('board.search')}
          onChange={(event) => setText(event.target.value)}
          data-testid="board-search"
        />
        <div className="toolbar-person">
          <PersonSelect
            size="small"
            allowClear
            value={search.owner}
            placeholder={t('board.owner')}
            onChange={(owner) => go({ owner: owner ?? undefined })}
            testId="board-owner"
          />
        </div>
        <Button
          size="small"
          type={search.overdue ? 'primary' : 'default'}
          ghost={search.overdue}
          icon={<ClockCircleOutlined />}
          onClick={() => go({ overdue: search.overdue ? undefined : true })}
          data-testid="board-overdue"
        >
          {t('board.overdue')}
        </Button>
      </div>
      {board.data?.truncated ? <div className="notice notice-warn board-notice">{t('board.truncated')}</div> : null}
      {board.isError ? (
        <ErrorState error={board.error} retry={() => void board.refetch()} />
      ) : board.isPending ? (
        <BoardSkeleton count={Math.max(4, columns.length)} />
      ) : (
        <DndContext
          sensors={sensors}
          collisionDetection={findTarget}
          measuring={{ droppable: { strategy: MeasuringStrategy.WhileDragging } }}
          accessibility={{ announcements, screenReaderInstructions: { draggable: t('board.keyboard') } }}
          onDragStart={({ active }) => setLifted(cards?.get(String(active.id)))}
          onDragCancel={() => setLifted(undefined)}
          onDragEnd={drop}
        >
          <div className="columns">
            {columns.map((column) => (
              <OpportunityBoardColumn key={column.stage.key} column={column} lit={board.lit} />
            ))}
          </div>
          <OpportunityDropZones shown={lifted !== undefined} />
          <DragOverlay dropAnimation={null}>
            {lifted ? (
              <div className="card in-air">
                <OpportunityCardFace card={lifted} />
              </div>
            ) : null}
          </DragOverlay>
        </DndContext>
      )}
      <OpportunityLoseDialog
        open={losing !== undefined}
        onCancel={() => setLosing(undefined)}
        onLose={(loss) => losing && void lose(losing, loss)}
      />
      <OpportunityCreateDrawer
        open={search.create ?? false}
        pipeline={pipeline.key}
        onClose={() => go({ create: undefined })}
      />
    </div>
  );
}

function BoardSkeleton({ count }: { count: number }) {
  return (
    <div className="columns" aria-busy="true">
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bones never move.
        <div key={index} className="column">
          <div className="bones bones-tight">
            <div className="bone" style={{ height: 18, width: '60%' }} />
            {Array.from({ length: Math.max(1, 5 - index) }, (_, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: bones never move.
              <div key={row} className="bone" style={{ height: 82 }} />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}
