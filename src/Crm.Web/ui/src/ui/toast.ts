import { useSyncExternalStore } from 'react';
import { after } from '../platform/timers';

export interface Toast {
  readonly id: number;
  readonly tone: 'done' | 'bad' | 'info';
  readonly text: string;
  readonly detail?: string;
  /** What it speaks of: the next one about the same takes its place, for what it offers to undo is no more the last thing done. */
  readonly about?: string;
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** Long enough to read and to reach the undo button. */
const shownMs = { done: 6_000, info: 5_000, bad: 9_000 } as const;
/** The least for one that offers to take something back: it is read first, then thought about. */
const offeredMs = 12_000;

let toasts: readonly Toast[] = [];
let last = 0;
const watchers = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const watcher of watchers) watcher();
}

export function dismiss(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

export function toast(tone: Toast['tone'], text: string, more?: Pick<Toast, 'detail' | 'action' | 'about'>): void {
  const id = ++last;
  const others = more?.about === undefined ? toasts : toasts.filter((each) => each.about !== more.about);
  set([...others.slice(-3), { id, tone, text, ...more }]);
  after(more?.action ? Math.max(shownMs[tone], offeredMs) : shownMs[tone], () => dismiss(id));
}

export function useToasts(): readonly Toast[] {
  return useSyncExternalStore(
    (watcher) => {
      watchers.add(watcher);
      return () => watchers.delete(watcher);
    },
    () => toasts,
  );
}
