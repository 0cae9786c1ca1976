import { useSyncExternalStore } from 'react';
import { every } from './timers';

let skew = 0;
let now = Date.now();
const listeners = new Set<() => void>();
let stop: (() => void) | undefined;

/** Learns how far this machine's clock is from the server's, so that countdowns end when the server says so. */
export function setServerTime(iso: string): void {
  skew = Date.parse(iso) - Date.now();
  now = serverNow();
}

/** The server's time, in milliseconds since 1970. */
export function serverNow(): number {
  return Date.now() + skew;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  stop ??= every(1000, () => {
    now = serverNow();
    for (const each of listeners) each();
  });
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      stop?.();
      stop = undefined;
    }
  };
}

/** The server's time, ticking once a second for everybody at the same moment. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now);
}
