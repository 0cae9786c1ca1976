import type { AnyRecord, BoardCard, FieldBook, Funnel, ImportRun, MyDay, Pipeline } from '../api/types';

/** Raised when the shape of a message changes; the server's baseline carries the same number. */
export const protocolVersion = 1;

/** What we may call on the hub. */
export type ClientSays =
  | { readonly call: 'Subscribe'; readonly topic: string; readonly after?: number }
  | { readonly call: 'Unsubscribe'; readonly topic: string };

/** What the hub may send us: the state of a topic, or what changed since the last number. */
export type ServerSays<S = unknown, D = unknown> =
  | { readonly kind: 'snapshot'; readonly topic: string; readonly seq: number; readonly data: S }
  | { readonly kind: 'delta'; readonly topic: string; readonly seq: number; readonly data: D };

/** The answer to Subscribe. */
export interface Subscribed {
  readonly topic: string;
  readonly seq: number;
}

export interface Viewer {
  readonly id: string;
  /** Null for those whose role hides the names of people. */
  readonly name: string | null;
}

export interface Upserts<T> {
  readonly upsert?: readonly T[];
  readonly remove?: readonly string[];
}

export type FunnelSays = ServerSays<Funnel | null, Funnel | null>;
export type BoardSays = ServerSays<{ items: BoardCard[]; truncated: boolean }, Upserts<BoardCard>>;
export type RecordSays<R extends AnyRecord> = ServerSays<
  { record: R; viewers: Viewer[] },
  { record?: R | null; viewers?: Viewer[] | null; files?: true }
>;
export type ListSays<R extends AnyRecord> = ServerSays<{ items: R[]; next?: string }, Upserts<R>>;
export type MineSays = ServerSays<MyDay, MyDay>;
export type ImportSays = ServerSays<ImportRun, ImportRun>;
export type FieldsSays = ServerSays<{ items: FieldBook[] }, { items: FieldBook[] }>;
export type PipelinesSays = ServerSays<{ items: Pipeline[] }, { items: Pipeline[] }>;

export const topics = {
  funnel: (pipeline: string, query: string) => `funnel:${pipeline}${query}`,
  board: (pipeline: string) => `board:${pipeline}`,
  record: (kind: string, id: string) => `record:${kind}/${id}`,
  /** A record that is named on another's page: whoever follows it does not look at it. */
  named: (kind: string, id: string) => `record:${kind}/${id}?unseen=true`,
  list: (slice: string, query: string) => `list:${slice}${query}`,
  mine: (userId: string) => `mine:${userId}`,
  imported: (id: string) => `import:${id}`,
  pipelines: 'pipelines:all',
  tenant: 'tenant:mine',
  alerts: 'alerts:all',
  handover: (id: string) => `handover:${id}`,
  fields: 'fields:all',
};
