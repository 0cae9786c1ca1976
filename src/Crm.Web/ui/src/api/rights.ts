import { client } from './client';
import type { Page, Receipt, Slice } from './types';

/** Rights, roles, departments and shares: shapes and calls of docs/API.md. */

export const fieldAccesses = ['hidden', 'masked', 'read', 'edit'] as const;
export type FieldAccess = (typeof fieldAccesses)[number];
export const narrower = (a: FieldAccess, b: FieldAccess): FieldAccess =>
  fieldAccesses.indexOf(a) < fieldAccesses.indexOf(b) ? a : b;

/** What the signed-in person may do, as the server says it. Fields that are not named are edited. */
export interface Access {
  role: string | null;
  everything: boolean;
  slices: Record<string, { verbs: string[]; fields: Record<string, FieldAccess> }>;
}

export const scopes = ['own', 'team', 'department', 'sub-pool', 'pool', 'region', 'all'] as const;
export type Scope = (typeof scopes)[number];

/** `*` stands for every slice or every verb. */
export interface Grant {
  slice: string;
  verb: string;
  scopes: Scope[];
}
export interface FieldRight {
  slice: string;
  field: string;
  right: FieldAccess;
}
export interface RoleDraft {
  key: string;
  name: string;
  grants: Grant[];
  fields: FieldRight[];
}
/** What a role grants is only told to those who define roles. */
export interface Role {
  key: string;
  name: string;
  people: number;
  grants?: Grant[];
  fields?: FieldRight[];
}
export interface RoleBook {
  template: string;
  version: number;
  items: Role[];
}
export interface CatalogSlice {
  slice: string;
  readByAll: boolean;
  owned: boolean;
  regional: boolean;
  verbs: string[];
  fields: string[];
}
export interface Catalog {
  slices: CatalogSlice[];
  scopes: Scope[];
  fieldRights: FieldAccess[];
  /** Verbs that `*` does not cover. */
  neverImplied: string[];
}
export interface Template {
  key: string;
  current: boolean;
  roles: RoleDraft[];
}
/** How many records of a slice one person sees, before and after. */
export interface SightChange {
  userId: string;
  name: string;
  role: string;
  slice: string;
  before: number;
  after: number;
  gained: number;
  lost: number;
}
export interface Reason {
  code: string;
  holds: boolean;
  sentence: string;
}
export interface Explanation {
  allowed: boolean;
  role: string;
  reasons: Reason[];
  fields: Record<string, FieldAccess>;
}

export interface Department {
  id: string;
  version: number;
  name: string;
  parentId: string | null;
  managerId: string | null;
  region: string | null;
  open: boolean;
}

export type ShareRight = 'read' | 'edit';
export interface Share {
  id: string;
  withKind: 'user' | 'department';
  withId: string;
  right: ShareRight;
  byId: string;
  at: string;
}
export type ShareWith = { userId: string } | { departmentId: string };

/** Reads a list that is short enough to be had whole. */
export async function readAll<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.get<Page<T>>(path, { limit: 200, cursor });
    items.push(...page.items);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return items;
}

export const access = {
  mine: () => client.get<Access>('/api/access/mine'),
  explain: (question: { userId: string; slice: Slice; id: string; verb: string }) =>
    client.get<Explanation>('/api/access/explain', { ...question }),
};

const roleBody = ({ name, grants, fields }: RoleDraft) => ({ name, grants, fields });

export const roles = {
  list: () => client.get<RoleBook>('/api/roles'),
  catalog: () => client.get<Catalog>('/api/roles/catalog'),
  templates: () => client.get<{ items: Template[] }>('/api/roles/templates'),
  define: (role: RoleDraft) => client.put<Receipt>(`/api/roles/${role.key}`, roleBody(role)),
  remove: (key: string) => client.command<Receipt>(`/api/roles/${key}/remove`, {}),
  simulate: (change: { template: string } | { roles: RoleDraft[] }) =>
    client.command<{ items: SightChange[] }>('/api/roles/simulate', change),
  switchTemplate: (template: string) => client.command<Receipt>('/api/roles/switch-template', { template }),
};

export const departments = {
  list: () => readAll<Department>('/api/departments'),
  create: (body: { name: string; parentId?: string | null; managerId?: string | null; region?: string | null }) =>
    client.command<Receipt>('/api/departments', body),
  amend: (id: string, changes: { name?: string; managerId?: string | null; region?: string | null }) =>
    client.command<Receipt>(`/api/departments/${id}/amend`, changes),
  move: (id: string, parentId: string | null) => client.command<Receipt>(`/api/departments/${id}/move`, { parentId }),
  close: (id: string) => client.command<Receipt>(`/api/departments/${id}/close`, {}),
  reopen: (id: string) => client.command<Receipt>(`/api/departments/${id}/reopen`, {}),
};

export const shares = {
  list: (slice: Slice, id: string) => client.get<{ items: Share[] }>(`/api/${slice}/${id}/shares`),
  give: (slice: Slice, id: string, to: ShareWith, right: ShareRight) =>
    client.command<Receipt>(`/api/${slice}/${id}/share`, { ...to, right }),
  end: (slice: Slice, id: string, to: ShareWith) => client.command<Receipt>(`/api/${slice}/${id}/unshare`, to),
};
