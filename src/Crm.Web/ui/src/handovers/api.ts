import { client } from '../api/client';
import type { Page, Receipt } from '../api/types';

export interface HandoverCount {
  slice: string;
  count: number;
}

export interface Handover {
  id: string;
  version: number;
  fromId: string;
  to: string[];
  shares: { slice: string; to: string[] }[];
  status: 'running' | 'done' | 'undoing' | 'undone';
  planned: HandoverCount[];
  given: HandoverCount[];
  refused: number;
  undone: number;
  kept: number;
  byId: string;
  startedAt: string;
  endedAt: string | null;
  undoUntil: string | null;
}

export interface HandoverPreview {
  fromId: string;
  slices: { slice: string; count: number; openSteps: number }[];
  total: number;
  targetsKept: number;
  departments: string[];
  reports: string[];
}

export const handoverKey = ['handovers'] as const;
const newestFirst = '?sort=-startedAt&limit=100';
export const handoverTopic = `list:handovers${newestFirst}`;

export const handoverApi = {
  list: () => client.get<Page<Handover>>('/api/handovers', { sort: '-startedAt', limit: 100 }),
  get: (id: string) => client.get<Handover>(`/api/handovers/${id}`),
  preview: (userId: string) => client.get<HandoverPreview>('/api/handovers/preview', { userId }),
  request: (body: { fromId: string; to: string[]; shares?: { slice: string; to: string[] }[] }) =>
    client.command<Receipt>('/api/handovers', body),
  undo: (id: string) => client.command<Receipt>(`/api/handovers/${id}/undo`, {}),
};

export const sum = (counts: readonly HandoverCount[]): number => counts.reduce((all, { count }) => all + count, 0);
