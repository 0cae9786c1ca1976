import { useDraggable } from '@dnd-kit/core';
import { useNavigate } from '@tanstack/react-router';
import { memo } from 'react';
import type { BoardCard } from '../api/types';
import { useRights } from '../rights/useRights';
import { Person } from '../ui/Avatar';
import { Countdown } from '../ui/Bits';
import { useFormat } from '../ui/format';

/** In pixels, gap included: columns are virtual, so a card must know its height. */
export const cardHeight = 96;

export const OpportunityCardFace = memo(function OpportunityCardFace({ card }: { card: BoardCard }) {
  const format = useFormat();
  return (
    <>
      <div className="card-top">
        <strong className="clip">{card.name}</strong>
      </div>
      <div className="card-sub clip">{card.customerName}</div>
      <div className="card-foot">
        {card.amount ? <span className="card-amount num">{format.money(card.amount)}</span> : null}
        <span className="grow" />
        {card.nextStep ? (
          <Countdown to={card.nextStep.dueAt} />
        ) : card.expectedCloseOn ? (
          <span className="faint card-day">{format.day(card.expectedCloseOn)}</span>
        ) : null}
        <Person id={card.ownerId} face />
      </div>
    </>
  );
});

export function OpportunityCard({ card, lit, top }: { card: BoardCard; lit: boolean; top: number }) {
  const navigate = useNavigate();
  const rights = useRights();
  const open = () => void navigate({ to: '/opportunities/$id', params: { id: card.id } });
  const { attributes, listeners, setNodeRef, isDragging } = useDraggable({
    id: card.id,
    data: { name: card.name },
    disabled: !rights.may('opportunities', 'move'),
  });
  const classes = ['card'];
  if (card.overdue) classes.push('late');
  if (lit) classes.push('lit');
  if (isDragging) classes.push('lifted');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dnd-kit's attributes make it a button.
    <div
      ref={setNodeRef}
      {...attributes}
      {...listeners}
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)` }}
      data-testid={`card-${card.id}`}
      data-stage={card.stage}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && !isDragging) open();
        else listeners?.onKeyDown?.(event);
      }}
    >
      <OpportunityCardFace card={card} />
    </div>
  );
}
