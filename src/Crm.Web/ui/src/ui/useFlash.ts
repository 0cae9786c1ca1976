import { useCallback, useEffect, useRef, useState } from 'react';
import { after } from '../platform/timers';

/** As long as the highlight's animation in ui.css. */
const shownMs = 2_400;
const none: ReadonlySet<string> = new Set();

/** Remembers for a moment which rows somebody has just changed. */
export function useFlash(): [ReadonlySet<string>, (ids: readonly string[]) => void] {
  const [lit, setLit] = useState(none);
  const pending = useRef(new Set<() => void>());
  useEffect(
    () => () => {
      for (const cancel of pending.current) cancel();
    },
    [],
  );
  const flash = useCallback((ids: readonly string[]) => {
    if (ids.length === 0) return;
    setLit((now) => new Set([...now, ...ids]));
    const cancel = after(shownMs, () => {
      pending.current.delete(cancel);
      setLit((now) => new Set([...now].filter((id) => !ids.includes(id))));
    });
    pending.current.add(cancel);
  }, []);
  return [lit, flash];
}
