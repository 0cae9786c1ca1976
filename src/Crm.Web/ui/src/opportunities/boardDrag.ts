import {
  type Announcements,
  type CollisionDetection,
  type KeyboardCoordinateGetter,
  KeyboardSensor,
  MouseSensor,
  pointerWithin,
  rectIntersection,
  TouchSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { useTranslation } from 'react-i18next';

export const winZone = 'zone:win';
export const loseZone = 'zone:lose';
/** What a drop target is called on screen; dnd-kit hands it back to us. */
export interface TargetData {
  readonly title: string;
}
export interface CardData {
  readonly name: string;
}

/** With the keyboard a card jumps from target to target: columns from left to right, then win, then lose. */
const jump: KeyboardCoordinateGetter = (event, { context }) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.code];
  if (step === undefined) return undefined;
  event.preventDefault();
  const rank = (id: string) => (id === winZone ? 1e6 : id === loseZone ? 2e6 : 0);
  const targets = context.droppableContainers
    .getEnabled()
    .flatMap((container) => {
      const rect = context.droppableRects.get(container.id);
      return rect ? [{ id: String(container.id), rect }] : [];
    })
    .sort((a, b) => rank(a.id) + a.rect.left - (rank(b.id) + b.rect.left));
  const at = targets.findIndex((target) => target.id === String(context.over?.id ?? ''));
  const next = targets[Math.max(0, Math.min(targets.length - 1, at + step))];
  const size = context.collisionRect;
  if (!next || !size) return undefined;
  return {
    x: next.rect.left + (next.rect.width - size.width) / 2,
    y: next.rect.top + Math.min(80, (next.rect.height - size.height) / 2),
  };
};

/** The zones lie over the foot of the columns, so they win where both are under the pointer. */
export const findTarget: CollisionDetection = (args) => {
  const found = args.pointerCoordinates ? pointerWithin(args) : rectIntersection(args);
  const zone = found.find((each) => each.id === winZone || each.id === loseZone);
  return zone && args.pointerCoordinates ? [zone] : found;
};

/** A short way to move before a drag begins, so that a click still opens; a short press on touch, so that scrolling works. */
export function useBoardSensors() {
  return useSensors(
    useSensor(MouseSensor, { activationConstraint: { distance: 6 } }),
    useSensor(TouchSensor, { activationConstraint: { delay: 220, tolerance: 8 } }),
    useSensor(KeyboardSensor, {
      coordinateGetter: jump,
      keyboardCodes: { start: ['Space'], end: ['Space', 'Enter'], cancel: ['Escape'] },
    }),
  );
}

export function useAnnouncements(): Announcements {
  const { t } = useTranslation();
  const title = (over: { data: { current?: unknown } } | null) => (over?.data.current as TargetData | undefined)?.title;
  return {
    onDragStart: ({ active }) => t('board.lifted', { name: (active.data.current as CardData | undefined)?.name ?? '' }),
    onDragOver: ({ over }) => (over ? t('board.over', { column: title(over) ?? '' }) : undefined),
    onDragEnd: ({ over }) => (over ? t('board.dropped', { column: title(over) ?? '' }) : t('board.cancelled')),
    onDragCancel: () => t('board.cancelled'),
  };
}
