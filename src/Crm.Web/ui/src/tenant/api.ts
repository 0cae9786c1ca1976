import { client } from '../api/client';
import type { ModuleKey, Receipt } from '../api/types';

export interface ModuleState {
  key: ModuleKey;
  /** Whether people work with it: it is not, too, while one that it needs is off. */
  on: boolean;
  switchedOff: boolean;
  needs: ModuleKey[];
  slices: string[];
}

/** What the files of all records take. */
export interface FileUse {
  bytes: number;
  /** Of removed ones that can still be brought back. */
  removedBytes: number;
  limitBytes: number | null;
}

export interface TenantSettings {
  key: string;
  version: number;
  name: string;
  currency: string;
  timeZone: string;
  locale: 'zh-CN' | 'en';
  files: FileUse;
  modules: ModuleState[];
}

export type TenantFields = Pick<TenantSettings, 'name' | 'currency' | 'timeZone' | 'locale'>;

export interface PolicyLimits {
  approveAboveRows: number;
  dailyRows: number;
  windowMinutes: number;
  leastRecords: number;
  timesUsual: number;
  step: 'tell' | 'mask' | 'stop';
}

export const tenantKey = ['tenant'] as const;
export const policyKey = ['policy'] as const;

export const tenantApi = {
  get: () => client.get<TenantSettings>('/api/tenant'),
  amend: (changes: Partial<TenantFields>) => client.command<Receipt>('/api/tenant/amend', changes),
  switchModule: (module: ModuleKey, on: boolean) => client.command<Receipt>(`/api/tenant/modules/${module}`, { on }),
  policy: () => client.get<{ version: number; limits: PolicyLimits }>('/api/policies'),
  setLimits: (limits: PolicyLimits) => client.put<Receipt>('/api/policies', limits),
};
