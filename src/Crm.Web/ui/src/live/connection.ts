import { type HubConnection, HubConnectionBuilder, HubConnectionState, LogLevel } from '@microsoft/signalr';
import { after } from '../platform/timers';
import type { ServerSays, Subscribed } from './protocol';

export type LiveState = 'off' | 'connecting' | 'live' | 'reconnecting';
type Listener = (message: ServerSays) => void;

interface Topic {
  seq: number | undefined;
  readonly listeners: Set<Listener>;
  cancelLeave: (() => void) | undefined;
  /** The server did not give it; whoever listens next asks again, for it may have come to be since. */
  refused: boolean;
}

/** A topic is left only this long after its last listener went, so that turning a page and back costs nothing. */
const lingerMs = 2_000;
/** How the server ends its word for a number it has not reached. */
const cursorInvalid = 'cursor-invalid';
/** Longest pause between two attempts to reach the server. */
const slowestRetryMs = 8_000;

const open = new Map<string, Topic>();
/** Topic as the server spells it → topic as we asked for it. */
const spelled = new Map<string, string>();
const watchers = new Set<() => void>();
let state: LiveState = 'off';
let hub: HubConnection | undefined;

function setState(next: LiveState): void {
  if (state === next) return;
  state = next;
  for (const watcher of watchers) watcher();
}

let onRenewed: () => void = () => {};
/** Says what happens when the server shows again what it has shown before: rights have changed. */
export function whenRenewed(run: () => void): void {
  onRenewed = run;
}

export const liveState = {
  subscribe(watcher: () => void): () => void {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
  get: (): LiveState => state,
};

function retryDelay(attempt: number): number {
  return Math.min(slowestRetryMs, 300 * 2 ** attempt) * (0.7 + Math.random() * 0.6);
}

function receive(message: ServerSays): void {
  const topic = open.get(message.topic) ?? open.get(spelled.get(message.topic) ?? '');
  if (!topic) return;
  // A snapshot always counts: after a long absence it may start from any number. A delta must move forward.
  if (message.kind === 'delta' && topic.seq !== undefined && message.seq < topic.seq) return;
  if (message.kind === 'snapshot' && topic.seq !== undefined) onRenewed();
  topic.seq = message.seq;
  for (const listener of topic.listeners) listener(message);
}

async function ask(name: string, topic: Topic): Promise<void> {
  if (hub?.state !== HubConnectionState.Connected) return;
  topic.refused = false;
  try {
    const answer = await (topic.seq === undefined
      ? hub.invoke<Subscribed>('Subscribe', name, null)
      : hub.invoke<Subscribed>('Subscribe', name, topic.seq));
    if (answer.topic !== name) spelled.set(answer.topic, name);
  } catch (refused) {
    // Not ours to see, or the line dropped: the page's own read says what is wrong, and a reconnect asks again.
    topic.refused = true;
    if (topic.seq !== undefined && refused instanceof Error && refused.message.endsWith(cursorInvalid)) {
      // The server was taken back behind what it had shown: from the beginning, then.
      topic.seq = undefined;
      onRenewed();
      await ask(name, topic);
    }
  }
}

function askAll(): void {
  for (const [name, topic] of open) void ask(name, topic);
}

async function connect(mine: HubConnection, attempt = 0): Promise<void> {
  if (hub !== mine) return;
  try {
    await mine.start();
    if (hub !== mine) return void mine.stop();
    setState('live');
    askAll();
  } catch {
    if (hub !== mine) return;
    setState('reconnecting');
    after(retryDelay(attempt), () => void connect(mine, attempt + 1));
  }
}

/** Opens the one connection of this tab. Safe to call again. */
export function goLive(): void {
  if (hub) return;
  const mine = new HubConnectionBuilder()
    .withUrl('/live')
    .configureLogging(LogLevel.None)
    .withAutomaticReconnect({ nextRetryDelayInMilliseconds: (context) => retryDelay(context.previousRetryCount) })
    .build();
  hub = mine;
  setState('connecting');
  mine.on('message', receive);
  mine.onreconnecting(() => setState('reconnecting'));
  mine.onreconnected(() => {
    setState('live');
    askAll();
  });
  mine.onclose(() => {
    if (hub !== mine) return;
    setState('reconnecting');
    void connect(mine, 1);
  });
  void connect(mine);
}

/** Closes the connection and forgets every topic: somebody signed out. */
export function goSilent(): void {
  const old = hub;
  hub = undefined;
  open.clear();
  spelled.clear();
  setState('off');
  void old?.stop();
}

/** Listens to a topic until the answer is called. */
export function listen(name: string, listener: Listener): () => void {
  let topic = open.get(name);
  if (topic) {
    topic.cancelLeave?.();
    topic.cancelLeave = undefined;
    if (topic.refused) void ask(name, topic);
  } else {
    topic = { seq: undefined, listeners: new Set(), cancelLeave: undefined, refused: false };
    open.set(name, topic);
    void ask(name, topic);
  }
  const joined = topic;
  joined.listeners.add(listener);
  return () => {
    joined.listeners.delete(listener);
    if (joined.listeners.size > 0) return;
    joined.cancelLeave = after(lingerMs, () => {
      if (joined.listeners.size > 0 || open.get(name) !== joined) return;
      open.delete(name);
      if (hub?.state === HubConnectionState.Connected) hub.invoke('Unsubscribe', name).catch(() => {});
    });
  };
}
