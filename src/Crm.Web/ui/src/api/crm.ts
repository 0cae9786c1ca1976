import { newId } from '../platform/ids';
import { client } from './client';
import { readAll } from './rights';
import type {
  ActivityType,
  ApiKey,
  BoardCard,
  CompanySignIn,
  FieldBook,
  Funnel,
  Groups,
  ImportPreview,
  ImportRun,
  LossReason,
  Mail,
  MyDay,
  Page,
  Pipeline,
  Receipt,
  RecordOf,
  Role,
  RuleOutReason,
  SearchHit,
  SecondFactor,
  Security,
  Session,
  SignInEntry,
  Slice,
  Target,
  TimelineEntry,
  User,
} from './types';

/** What a passkey's ceremony begins with; the browser knows the options' shape. */
export interface PasskeyCeremony {
  ticket: string;
  options: Record<string, unknown>;
}

export interface GroupQuery {
  by: string;
  sum?: string | undefined;
  filter?: string | undefined;
  q?: string | undefined;
}

export interface ListQuery {
  filter?: string;
  sort?: string;
  q?: string;
  limit?: number;
  cursor?: string;
  total?: boolean;
}

/** Where somebody stands in the organisation. */
export type UserPlace = Pick<User, 'departmentId' | 'position' | 'superiorId' | 'region'>;

export interface FunnelQuery {
  month?: string;
  ownerId?: string;
  at?: string;
  currency?: string;
}

/** Reading and commanding records, the same for all four slices. */
export const records = {
  list: <S extends Slice>(slice: S, query: ListQuery, signal?: AbortSignal) =>
    client.get<Page<RecordOf[S]>>(`/api/${slice}`, { ...query }, signal),
  groups: (slice: Slice, query: GroupQuery, signal?: AbortSignal) =>
    client.get<Groups>(`/api/${slice}/groups`, { ...query }, signal),
  get: <S extends Slice>(slice: S, id: string, signal?: AbortSignal) =>
    client.get<RecordOf[S]>(`/api/${slice}/${id}`, undefined, signal),
  timeline: (slice: Slice, id: string, cursor: string | undefined, limit: number) =>
    client.get<Page<TimelineEntry>>(`/api/${slice}/${id}/timeline`, { cursor, limit }),
  create: (slice: Slice, body: object) => client.command<Receipt>(`/api/${slice}`, body),
  amend: (slice: Slice, id: string, changes: object, ifMatch?: number) =>
    client.command<Receipt>(`/api/${slice}/${id}/amend`, changes, ifMatch),
  assign: (slice: Slice, id: string, ownerId: string | null) =>
    client.command<Receipt>(`/api/${slice}/${id}/assign`, { ownerId }),
  logActivity: (slice: Slice, id: string, activity: { type: ActivityType; text: string; happenedAt?: string }) =>
    client.command<Receipt>(`/api/${slice}/${id}/log-activity`, activity),
  planStep: (slice: Slice, id: string, step: { text: string; dueAt: string }) =>
    client.command<Receipt>(`/api/${slice}/${id}/plan-step`, step),
  completeStep: (slice: Slice, id: string, outcome: string | undefined) =>
    client.command<Receipt>(`/api/${slice}/${id}/complete-step`, outcome ? { outcome } : {}),
};

export interface Conversion {
  customerId?: string;
  opportunity?: {
    name: string;
    pipeline: string;
    amount: { amount: string; currency: string };
    stage?: string;
    expectedCloseOn?: string;
  };
  keepStep?: boolean;
}

export const leads = {
  qualify: (id: string, note?: string) => client.command<Receipt>(`/api/leads/${id}/qualify`, note ? { note } : {}),
  ruleOut: (id: string, reason: RuleOutReason, note?: string) =>
    client.command<Receipt>(`/api/leads/${id}/rule-out`, note ? { reason, note } : { reason }),
  reopen: (id: string) => client.command<Receipt>(`/api/leads/${id}/reopen`, {}),
  convert: (id: string, conversion: Conversion) =>
    client.command<Receipt & { customerId: string; contactId: string | null; opportunityId: string | null }>(
      `/api/leads/${id}/convert`,
      conversion,
    ),
  assignMany: (ids: string[], ownerId: string | null) =>
    client.command<{ results: { id: string; version?: number; code?: string }[] }>('/api/leads/assign', {
      ids,
      ownerId,
    }),
};

export const opportunities = {
  move: (id: string, stage: string) => client.command<Receipt>(`/api/opportunities/${id}/move`, { stage }),
  win: (id: string) => client.command<Receipt>(`/api/opportunities/${id}/win`, {}),
  lose: (id: string, loss: { reason: LossReason; competitor?: string; note?: string }) =>
    client.command<Receipt>(`/api/opportunities/${id}/lose`, loss),
  reopen: (id: string) => client.command<Receipt>(`/api/opportunities/${id}/reopen`, {}),
};

export const contacts = {
  move: (id: string, customerId: string) => client.command<Receipt>(`/api/contacts/${id}/move`, { customerId }),
};

export const fields = {
  list: () => client.get<Page<FieldBook>>('/api/fields'),
  tell: (slice: string, verb: string, body: object) => client.command<Receipt>(`/api/fields/${slice}/${verb}`, body),
};

export const pipelines = {
  list: () => client.get<Page<Pipeline>>('/api/pipelines'),
  create: (body: { key: string; name: string; preset?: string }) => client.command<Receipt>('/api/pipelines', body),
  tell: (key: string, verb: string, body: object = {}, ifMatch?: number) =>
    client.command<Receipt>(`/api/pipelines/${key}/${verb}`, body, ifMatch),
};

export const funnels = {
  get: (pipeline: string, query: FunnelQuery, signal?: AbortSignal) =>
    client.get<Funnel>(`/api/funnels/${pipeline}`, { ...query }, signal),
  board: (pipeline: string, signal?: AbortSignal) =>
    client.get<{ items: BoardCard[]; truncated: boolean }>(`/api/boards/${pipeline}`, undefined, signal),
  targets: (pipeline: string, month: string) => client.get<Page<Target>>('/api/targets', { pipeline, month }),
  setTarget: (body: { pipeline: string; month: string; amount: string; ownerId?: string }) =>
    client.put<Receipt>('/api/targets', body),
};

export const imports = {
  preview: (file: File) => {
    const form = new FormData();
    form.set('file', file);
    return client.upload<ImportPreview>('/api/imports/preview', form);
  },
  start: (
    file: File,
    mapping: Record<string, string | null>,
    source: string | undefined,
    ownerId: string | undefined,
  ) => {
    const form = new FormData();
    form.set('file', file);
    form.set('mapping', JSON.stringify(mapping));
    if (source) form.set('source', source);
    if (ownerId) form.set('ownerId', ownerId);
    return client.upload<{ id: string }>('/api/imports', form, newId());
  },
  list: () => client.get<Page<ImportRun>>('/api/imports'),
  get: (id: string) => client.get<ImportRun>(`/api/imports/${id}`),
  undo: (id: string) => client.command<void>(`/api/imports/${id}/undo`, {}),
  errorsUrl: (id: string) => `/api/imports/${id}/errors`,
};

type PersonVerb =
  | 'amend'
  | 'deactivate'
  | 'activate'
  | 'set-password'
  | 'invite-again'
  | 'reset-factors'
  | 'revoke-sessions';

export const people = {
  list: async (): Promise<Page<User>> => ({ items: await readAll<User>('/api/users') }),
  create: (body: { name: string; login: string; password: string; role: Role } & Partial<UserPlace>) =>
    client.command<Receipt>('/api/users', body),
  tell: (id: string, verb: PersonVerb, body: object = {}) => client.command<Receipt>(`/api/users/${id}/${verb}`, body),
  keys: () => client.get<Page<ApiKey>>('/api/api-keys'),
  createKey: (body: { name: string; role: Role; scopes?: string[]; requestsPerSecond?: number }) =>
    client.command<Receipt & { key: string }>('/api/api-keys', body),
  rescopeKey: (id: string, body: { scopes: string[]; requestsPerSecond?: number }) =>
    client.command<Receipt>(`/api/api-keys/${id}/rescope`, body),
  rotateKey: (id: string, overlapHours: number) =>
    client.command<Receipt & { key: string; oldKeyUntil: string }>(`/api/api-keys/${id}/rotate`, { overlapHours }),
  scopes: () => client.get<Page<string>>('/api/api-keys/scopes'),
  invite: (body: { name: string; login: string; role: Role; locale: string } & Partial<UserPlace>) =>
    client.command<Receipt>('/api/users/invite', body),
  revokeKey: (id: string) => client.command<Receipt>(`/api/api-keys/${id}/revoke`, {}),
};

export const session = {
  get: () => client.get<Session>('/api/session'),
  signIn: (login: string, password: string) => client.post<Session | SecondFactor>('/api/session', { login, password }),
  prove: (ticket: string, code: string) => client.post<Session>('/api/session/second-factor', { ticket, code }),
  beginPasskey: () => client.post<PasskeyCeremony>('/api/session/passkey/begin', {}),
  signInByPasskey: (ticket: string, credential: unknown) =>
    client.post<Session>('/api/session/passkey', { ticket, credential }),
  beginCompany: (company: string, next: string | undefined) =>
    client.post<{ url: string }>('/api/session/company', next ? { company, next } : { company }),
  forgotten: (login: string) => client.post<void>('/api/session/forgotten', { login }),
  reset: (token: string, password: string) => client.post<void>('/api/session/reset', { token, password }),
  invitation: (token: string) =>
    client.post<{ name: string; login: string; company: string }>('/api/session/invitation', { token }),
  accept: (token: string, password: string) =>
    client.post<Session | undefined>('/api/session/accept', { token, password }),
  signOut: () => client.remove('/api/session'),
  setLocale: (locale: 'zh-CN' | 'en') => client.post<Session>('/api/session/locale', { locale }),
};

/** What a person does about their own sign-in. */
export const security = {
  get: () => client.get<Security>('/api/session/security'),
  confirm: (password: string) => client.post<void>('/api/session/confirm', { password }),
  setPassword: (password: string) => client.post<void>('/api/session/password', { password }),
  beginTotp: () => client.post<{ secret: string; address: string }>('/api/session/totp/begin', {}),
  enrolTotp: (code: string) => client.post<{ recoveryCodes: string[] }>('/api/session/totp', { code }),
  removeTotp: () => client.post<void>('/api/session/totp/remove', {}),
  renewCodes: () => client.post<{ recoveryCodes: string[] }>('/api/session/recovery-codes', {}),
  beginPasskey: () => client.post<PasskeyCeremony>('/api/session/passkeys/begin', {}),
  addPasskey: (ticket: string, credential: unknown, name: string) =>
    client.post<{ id: string }>('/api/session/passkeys', { ticket, credential, name }),
  removePasskey: (id: string) => client.post<void>('/api/session/passkeys/remove', { id }),
  revokeOthers: () => client.post<void>('/api/session/revoke-others', {}),
  sessions: () => client.get<Page<SignInEntry>>('/api/session/sessions'),
  revokeOwn: (id: string) => client.post<void>('/api/session/sessions/revoke', { id }),
  everybodys: () => client.get<Page<SignInEntry>>('/api/sessions', { sort: '-at', limit: 100 }),
  revoke: (id: string) => client.command<Receipt>(`/api/sessions/${id}/revoke`, {}),
};

export const mails = {
  list: () => client.get<Page<Mail>>('/api/mails', { sort: '-queuedAt', limit: 100 }),
  open: (id: string) => client.command<{ subject: string | null; text: string | null }>(`/api/mails/${id}/open`, {}),
  resend: (id: string) => client.command<Receipt>(`/api/mails/${id}/resend`, {}),
};

export const companySignIn = {
  get: () => client.get<CompanySignIn>('/api/company-sign-in'),
  set: (body: { label: string; issuer: string; clientId: string; enabled: boolean; clientSecret?: string }) =>
    client.put<Receipt & { reachable: boolean }>('/api/company-sign-in', body),
};

export const search = (q: string, limit: number, signal?: AbortSignal) =>
  client.get<Page<SearchHit>>('/api/search', { q, limit }, signal);

export const myDay = () => client.get<MyDay>('/api/my-day');
