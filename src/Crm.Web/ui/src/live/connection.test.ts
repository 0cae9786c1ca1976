import { HubConnectionState } from '@microsoft/signalr';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const hub = {
  state: HubConnectionState.Connected,
  handlers: new Map<string, (argument: unknown) => void>(),
  reconnected: undefined as (() => void) | undefined,
  invoked: [] as unknown[][],
  refused: false,
  start: async () => {},
  stop: async () => {},
  on: (name: string, handler: (argument: unknown) => void) => void hub.handlers.set(name, handler),
  onreconnecting: () => {},
  onreconnected: (handler: () => void) => {
    hub.reconnected = handler;
  },
  onclose: () => {},
  retries: { nextRetryDelayInMilliseconds: (_: { previousRetryCount: number }): number => 0 },
  head: Number.POSITIVE_INFINITY,
  invoke: async (...call: unknown[]) => {
    hub.invoked.push(call);
    if (Number(call[2]) > hub.head) throw new Error('An error on the server. HubException: cursor-invalid');
    if (hub.refused) throw new Error('not-found');
    return { topic: call[1], seq: 1 };
  },
};

vi.mock('@microsoft/signalr', async (original) => {
  class HubConnectionBuilder {
    withUrl = () => this;
    configureLogging = () => this;
    withAutomaticReconnect = (retries: typeof hub.retries) => {
      hub.retries = retries;
      return this;
    };
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
  hub.head = Number.POSITIVE_INFINITY;
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

  it('asks again for what was refused when somebody else wants it', async () => {
    hub.refused = true;
    listen('record:lead/1', () => {});
    await vi.advanceTimersByTimeAsync(0);
    hub.refused = false;
    listen('record:lead/1', () => {});
    await vi.advanceTimersByTimeAsync(0);
    listen('record:lead/1', () => {});
    expect(hub.invoked).toEqual(Array(2).fill(['Subscribe', 'record:lead/1', null]));
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

  it('begins anew when the server was taken back behind what it had shown', async () => {
    const seen: number[] = [];
    listen('board:simple', (message) => seen.push(message.seq));
    say('snapshot', 42, {});
    hub.head = 7;
    hub.reconnected?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(hub.invoked.slice(-2)).toEqual([
      ['Subscribe', 'board:simple', 42],
      ['Subscribe', 'board:simple', null],
    ]);
    say('snapshot', 7, {});
    expect(seen).toEqual([42, 7]);
  });

  it('comes back in its own time, so that not all come at once, and never gives up', () => {
    const delays = (luck: number) => {
      vi.spyOn(Math, 'random').mockReturnValue(luck);
      return [0, 3, 10, 1_000].map((previousRetryCount) =>
        hub.retries.nextRetryDelayInMilliseconds({ previousRetryCount }),
      );
    };
    const [lucky, unlucky] = [delays(0), delays(1)];
    vi.restoreAllMocks();
    for (const [index, soonest] of lucky.entries()) expect(unlucky[index]).toBeGreaterThan(1.5 * soonest);
    expect(Math.max(...lucky, ...unlucky)).toBeLessThan(12_000);
  });
});
