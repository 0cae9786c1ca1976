import { client } from './client';
import type { Page, Receipt, Slice } from './types';

/** A file of a record, as docs/API.md has it. */
export interface RecordFile {
  id: string;
  version: number;
  name: string;
  mediaType: string;
  bytes: number;
  byId: string;
  at: string;
}

const pathOf = (slice: Slice, id: string) => `/api/${slice}/${id}/files`;

export const files = {
  list: (slice: Slice, id: string) => client.get<Page<RecordFile> & { largestBytes: number }>(pathOf(slice, id)),
  attach: (slice: Slice, id: string, file: File, onProgress: (share: number) => void) =>
    client.sendFile<Receipt>(pathOf(slice, id), file, onProgress),
  link: (slice: Slice, id: string, file: string) =>
    client.post<{ url: string; expiresAt: string }>(`${pathOf(slice, id)}/${file}/link`, {}),
  remove: (slice: Slice, id: string, file: string) =>
    client.command<Receipt>(`${pathOf(slice, id)}/${file}/remove`, {}),
  restore: (slice: Slice, id: string, file: string) =>
    client.command<Receipt>(`${pathOf(slice, id)}/${file}/restore`, {}),
};
