import { CloseCircleOutlined, TrophyOutlined } from '@ant-design/icons';
import { useDroppable } from '@dnd-kit/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { loseZone, winZone } from './boardDrag';

/** Shown while a card is in the air. Always mounted, because a target must be measured before the drag begins. */
export function OpportunityDropZones({ shown }: { shown: boolean }) {
  const { t } = useTranslation();
  return (
    <div className={shown ? 'zones shown' : 'zones'} aria-hidden={!shown}>
      <Zone
        id={winZone}
        title={t('opportunities.win')}
        text={t('board.winZone')}
        tone="win"
        icon={<TrophyOutlined />}
        on={shown}
      />
      <Zone
        id={loseZone}
        title={t('opportunities.lose')}
        text={t('board.loseZone')}
        tone="lose"
        icon={<CloseCircleOutlined />}
        on={shown}
      />
    </div>
  );
}

function Zone(props: { id: string; title: string; text: string; tone: 'win' | 'lose'; icon: ReactNode; on: boolean }) {
  const { setNodeRef, isOver } = useDroppable({ id: props.id, data: { title: props.title }, disabled: !props.on });
  return (
    <div
      ref={setNodeRef}
      className={`zone zone-${props.tone} ${isOver ? 'over' : ''}`}
      data-testid={`zone-${props.tone}`}
    >
      {props.icon} {props.text}
    </div>
  );
}
