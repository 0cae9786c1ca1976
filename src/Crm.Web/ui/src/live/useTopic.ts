import { useEffect, useRef, useSyncExternalStore } from 'react';
import { type LiveState, listen, liveState } from './connection';
import type { ServerSays } from './protocol';

/** Follows a topic while the component is shown; `null` follows nothing. The handler may change freely. */
export function useTopic<M extends ServerSays>(topic: string | null, onMessage: (message: M) => void): void {
  const handler = useRef(onMessage);
  useEffect(() => {
    handler.current = onMessage;
  });
  useEffect(() => {
    if (topic === null) return undefined;
    return listen(topic, (message) => handler.current(message as M));
  }, [topic]);
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(liveState.subscribe, liveState.get);
}
