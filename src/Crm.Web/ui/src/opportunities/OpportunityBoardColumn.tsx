import { useDroppable } from '@dnd-kit/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Tooltip } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useRights } from '../rights/useRights';
import { fromCents, useFormat } from '../ui/format';
import type { Column } from './boardMaths';
import { cardHeight, OpportunityCard } from './OpportunityCard';

export function OpportunityBoardColumn({ column, lit }: { column: Column; lit: ReadonlySet<string> }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { stage, cards } = column;
  const sums = useRights().knows('opportunities', 'amount');
  const scroller = useRef<HTMLDivElement>(null);
  const { setNodeRef, isOver } = useDroppable({
    id: stage.key,
    data: { title: stage.name },
    disabled: stage.retired,
  });
  const virtual = useVirtualizer({
    count: cards.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => cardHeight,
    getItemKey: (index) => cards[index]?.id ?? index,
    overscan: 5,
  });

  return (
    <section
      ref={setNodeRef}
      className={isOver ? 'column over' : 'column'}
      aria-label={stage.name}
      data-testid={`column-${stage.key}`}
      data-count={cards.length}
      data-total={fromCents(column.totalCents)}
    >
      <header className="column-head">
        <div className="column-title">
          <h2 className="clip">{stage.name}</h2>
          <span className="column-count num">{format.number(cards.length)}</span>
          <span className="grow" />
          <span className="column-rate num">{stage.winRate}%</span>
        </div>
        {sums ? (
          <div className="column-sums">
            <Tooltip title={column.mixed ? t('board.others') : null}>
              <span className="num column-total" data-testid={`column-total-${stage.key}`}>
                {format.moneyShort(fromCents(column.totalCents))}
                {column.mixed ? '+' : ''}
              </span>
            </Tooltip>
            <span className="num faint" data-testid={`column-weighted-${stage.key}`}>
              {t('board.weighted', { amount: format.moneyShort(fromCents(column.weightedCents)) })}
            </span>
          </div>
        ) : null}
        <div className="column-bar">
          <i style={{ width: `${stage.winRate}%` }} />
        </div>
      </header>
      <div className="column-cards" ref={scroller}>
        {cards.length === 0 ? <div className="column-empty">{t('board.empty')}</div> : null}
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const card = cards[item.index];
            return card ? <OpportunityCard key={item.key} card={card} lit={lit.has(card.id)} top={item.start} /> : null;
          })}
        </div>
      </div>
    </section>
  );
}
