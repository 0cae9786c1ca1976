import { client } from '../api/client';
import type { Page, Receipt, Slice, TimelineEntry } from '../api/types';
import type { Days } from '../ui/DayRange';

export type ExportStatus = 'denied' | 'waiting' | 'queued' | 'running' | 'done' | 'refused' | 'failed' | 'expired';

export interface ExportRun {
  id: string;
  version: number;
  ownerId: string;
  slice: string;
  format: 'csv' | 'xlsx';
  filter: string | null;
  q: string | null;
  status: ExportStatus;
  rows: number;
  kilobytes: number;
  requestedAt: string;
  decidedById: string | null;
  reason: string | null;
  keptUntil: string | null;
}

export interface Alert {
  id: string;
  version: number;
  type: 'export-forbidden' | 'unusual-reading';
  personId: string;
  slice: string | null;
  count: number;
  usual: number;
  step: 'tell' | 'mask' | 'stop';
  status: 'open' | 'released';
  raisedAt: string;
  releasedAt: string | null;
  releasedById: string | null;
  note: string | null;
}

export interface AuditItem {
  kind: string;
  recordId: string;
  recordName: string | null;
  erased: boolean;
  entry: TimelineEntry;
}

export interface AuditSearch {
  kind?: string | undefined;
  person?: string | undefined;
  field?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
  cursor?: string | undefined;
}

export const reportTopics = ['sign-ins', 'reading', 'exports', 'refusals', 'rights', 'erasures'] as const;

export interface ReportLine {
  topic: (typeof reportTopics)[number];
  item: string;
  count: number;
  people: number;
}

/** Where the journal's chain ended at some time, written down outside of it. */
export interface Anchor {
  at: string;
  position: number;
  hash: string;
}

export interface Anchors {
  head: number;
  count: number;
  /** Whether every entry was read, or only those with an anchor. */
  wholeChain: boolean;
  fault: { position: number; reason: string } | null;
  items: Anchor[];
}

export interface ExportWish {
  format: 'csv' | 'xlsx';
  filter?: string;
  sort?: string;
  q?: string;
}

export const exportsTopic = 'list:exports?sort=-requestedAt&limit=100';

export const exportsApi = {
  list: () => client.get<Page<ExportRun>>('/api/exports', { sort: '-requestedAt', limit: 100 }),
  request: (slice: Slice, wish: ExportWish) =>
    client.command<Receipt & { status: ExportStatus }>(`/api/${slice}/export`, wish),
  approve: (id: string) => client.command<Receipt>(`/api/exports/${id}/approve`, {}),
  refuse: (id: string, reason: string | undefined) =>
    client.command<Receipt>(`/api/exports/${id}/refuse`, reason ? { reason } : {}),
};

export const auditApi = {
  search: (query: AuditSearch) => client.get<Page<AuditItem>>('/api/audit', { ...query, limit: 50 }),
  report: (days: Days) =>
    client.get<{ from: string; to: string; head: number; lines: ReportLine[] }>('/api/audit/report', { ...days }),
  anchors: (chain: boolean) => client.get<Anchors>('/api/audit/anchors', { chain }),
  alerts: () => client.get<Page<Alert>>('/api/alerts', { sort: '-raisedAt', limit: 100 }),
  restore: (slice: Slice, id: string, field: string, version: number) =>
    client.command<Receipt>(`/api/${slice}/${id}/restore`, { field, version }),
  erase: (slice: Slice, id: string) => client.command<Receipt>(`/api/${slice}/${id}/erase`, {}),
  release: (id: string, note: string | undefined) =>
    client.command<Receipt>(`/api/alerts/${id}/release`, note ? { note } : {}),
};
