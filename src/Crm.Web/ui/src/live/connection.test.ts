import { HubConnectionState } from '@microsoft/signalr';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const hub = {
  state: HubConnectionState.Connected,
  handlers: new Map<string, (argument: unknown) => void>(),
  reconnected: undefined as (() => void) | undefined,
  invoked: [] as unknown[][],
  start: async () => {},
  stop: async () => {},
  on: (name: string, handler: (argument: unknown) => void) => void hub.handlers.set(name, handler),
  onreconnecting: () => {},
  onreconnected: (handler: () => void) => {
    hub.reconnected = handler;
  },
  onclose: () => {},
  invoke: async (...call: unknown[]) => {
    hub.invoked.push(call);
    return { topic: call[1], seq: 1 };
  },
};

vi.mock('@microsoft/signalr', async (original) => {
  class HubConnectionBuilder {
    withUrl = () => this;
    configureLogging = () => this;
    withAutomaticReconnect = () => this;
    build = () => hub;
  }
  return { ...(await original<typeof import('@microsoft/signalr')>()), HubConnectionBuilder };
});

const { goLive, goSilent, listen, liveState } = await import('./connection');
const say = (kind: 'snapshot' | 'delta', seq: number, data: unknown) =>
  hub.handlers.get('message')?.({ topic: 'board:simple', kind, seq, data });

beforeEach(async () => {
  vi.useFakeTimers();
  hub.invoked = [];
  goLive();
  await vi.advanceTimersByTimeAsync(0);
});
afterEach(() => {
  goSilent();
  vi.useRealTimers();
});

describe('the live connection', () => {
  it('asks once for a topic, however many listen, and leaves it a little after the last one went', async () => {
    const leave = [listen('board:simple', () => {}), listen('board:simple', () => {})];
    expect(hub.invoked).toEqual([['Subscribe', 'board:simple', null]]);
    for (const each of leave) each();
    expect(hub.invoked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.invoked.at(-1)).toEqual(['Unsubscribe', 'board:simple']);
  });

  it('stays subscribed when a page turns and comes back', async () => {
    listen('board:simple', () => {})();
    listen('board:simple', () => {});
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.invoked).toEqual([['Subscribe', 'board:simple', null]]);
  });

  it('resumes after the last number it saw', () => {
    listen('board:simple', () => {});
    say('snapshot', 40, {});
    say('delta', 42, {});
    hub.reconnected?.();
    expect(hub.invoked.at(-1)).toEqual(['Subscribe', 'board:simple', 42]);
    expect(liveState.get()).toBe('live');
  });

  it('drops a delta from the past and takes any snapshot', () => {
    const seen: number[] = [];
    listen('board:simple', (message) => seen.push(message.seq));
    say('snapshot', 40, {});
    say('delta', 39, {});
    say('delta', 41, {});
    say('snapshot', 7, {});
    expect(seen).toEqual([40, 41, 7]);
  });
});
