/** The shapes of docs/API.md. */

export type Slice = 'leads' | 'customers' | 'contacts' | 'opportunities';
export type Kind = 'lead' | 'customer' | 'contact' | 'opportunity';

export const sliceOf: Record<Kind, Slice> = {
  lead: 'leads',
  customer: 'customers',
  contact: 'contacts',
  opportunity: 'opportunities',
};
export const kindOf: Record<Slice, Kind> = {
  leads: 'lead',
  customers: 'customer',
  contacts: 'contact',
  opportunities: 'opportunity',
};

export interface Money {
  amount: string;
  currency: string;
}

export interface Step {
  text: string;
  dueAt: string;
}

export type Custom = Record<string, unknown>;

/** A key of the role book. */
export type Role = string;

export interface User {
  id: string;
  name: string;
  login: string;
  role: Role;
  active: boolean;
  departmentId: string | null;
  position: string | null;
  superiorId: string | null;
  /** The region this person works for; null is the department's. */
  region: string | null;
}

/** A part of the house that a company may do without. */
export type ModuleKey = 'leads' | 'opportunities' | 'customers' | 'imports';

export interface Tenant {
  key: string;
  name: string;
  currency: string;
  timeZone: string;
  locale: string;
  /** Those that are on. */
  modules: ModuleKey[];
}

export interface Session {
  user: { id: string; name: string; login: string; role: Role; locale: string | null };
  tenant: Tenant;
  serverTime: string;
}

export interface ApiKey {
  id: string;
  version?: number;
  name: string;
  role: Role;
  createdAt?: string | null;
  /** False once revoked. */
  active?: boolean;
  scopes?: string[] | null;
  requestsPerSecond?: number | null;
  oldKeyUntil?: string | null;
  lastUsedAt?: string | null;
}

/** A password was right; what else is wanted. */
export interface SecondFactor {
  secondFactor: { ticket: string };
}

export interface Security {
  hasPassword: boolean;
  sessionId: string;
  totp: boolean;
  totpSince: string | null;
  recoveryCodesLeft: number;
  company: string | null;
  passkeys: { id: string; name: string; addedAt: string }[];
}

export type SignInMethod = 'password' | 'totp' | 'recovery-code' | 'passkey' | 'company' | 'invitation';
export type SignInReason =
  | 'password'
  | 'second-factor'
  | 'passkey'
  | 'company'
  | 'shut'
  | 'signed-out'
  | 'revoked'
  | 'password-set'
  | 'factors-reset';

/** A sign-in: an open or ended session, or one that was refused. */
export interface SignInEntry {
  id: string;
  ownerId: string;
  status: 'open' | 'ended' | 'refused';
  method: SignInMethod | null;
  reason: SignInReason | null;
  from: string | null;
  agent: string | null;
  at: string;
  endedAt: string | null;
}

export interface Mail {
  id: string;
  ownerId: string;
  to: string;
  topic: 'invitation' | 'reset';
  status: 'waiting' | 'held' | 'sent';
  attempts: number;
  problem: string | null;
  queuedAt: string;
  sentAt: string | null;
}

export interface CompanySignIn {
  company: string;
  version: number;
  label: string;
  issuer: string;
  clientId: string;
  enabled: boolean;
  hasSecret: boolean;
  redirectUri: string;
  mailServer: string | null;
}

interface RecordBase {
  id: string;
  version: number;
  name: string;
  ownerId: string | null;
  note: string | null;
  custom: Custom | null;
  lastActivityAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export const leadStatuses = ['open', 'qualified', 'converted', 'ruled-out'] as const;
export type LeadStatus = (typeof leadStatuses)[number];
export const leadSources = [
  'conference',
  'exhibition',
  'website',
  'enquiry',
  'purchased-list',
  'own-app',
  'advert',
  'event',
  'company-list',
  'wechat',
  'mini-program',
  'e-commerce',
  'social',
  'referral',
  'import',
  'api',
  'other',
] as const;
export type LeadSource = (typeof leadSources)[number];
export const ruleOutReasons = ['wrong', 'no-intent', 'irrelevant', 'duplicate', 'unreachable'] as const;
export type RuleOutReason = (typeof ruleOutReasons)[number];
export const lossReasons = [
  'price',
  'competitor',
  'no-budget',
  'no-decision',
  'product-fit',
  'timing',
  'relationship',
  'other',
] as const;
export type LossReason = (typeof lossReasons)[number];

export interface Lead extends RecordBase {
  company: string | null;
  mobile: string | null;
  email: string | null;
  source: LeadSource | null;
  region: string | null;
  product: string | null;
  status: LeadStatus;
  ruledOutReason: RuleOutReason | null;
  captures: number;
  nextStep: Step | null;
  overdue: boolean;
  customerId: string | null;
  contactId: string | null;
  opportunityId: string | null;
  importId: string | null;
}

export type CustomerType = 'corporate' | 'individual';
export interface Customer extends RecordBase {
  type: CustomerType;
  status: 'potential' | 'formal';
  shortName: string | null;
  industry: string | null;
  creditCode: string | null;
  country: string | null;
  province: string | null;
  city: string | null;
  size: string | null;
  enterpriseType: string | null;
  phone: string | null;
  fax: string | null;
  email: string | null;
  website: string | null;
  parentId: string | null;
  mobile: string | null;
  leadId: string | null;
}

export interface Contact extends RecordBase {
  customerId: string;
  customerName: string | null;
  mobile: string | null;
  email: string | null;
  title: string | null;
  department: string | null;
  wechat: string | null;
}

export type OpportunityStatus = 'open' | 'won' | 'lost';
export interface Opportunity extends RecordBase {
  customerId: string | null;
  customerName: string | null;
  contactId: string | null;
  leadId: string | null;
  pipeline: string;
  stage: string;
  status: OpportunityStatus;
  /** Not there for those whose role does not show them amounts. */
  amount?: Money | null;
  expectedCloseOn: string | null;
  closedOn: string | null;
  stageSince: string;
  lossReason: LossReason | null;
  competitor: string | null;
  nextStep: Step | null;
  overdue: boolean;
}

export interface RecordOf {
  leads: Lead;
  customers: Customer;
  contacts: Contact;
  opportunities: Opportunity;
}
export type AnyRecord = RecordOf[Slice];

export interface Stage {
  key: string;
  name: string;
  /** For those who read English. */
  nameEn?: string | null;
  winRate: number;
  retired: boolean;
}
export const fieldTypes = [
  'text',
  'number',
  'money',
  'date',
  'choice',
  'multi-choice',
  'person',
  'link',
  'formula',
] as const;
/** One of the two is given and stands in for the other. */
export interface FieldLabel {
  zh: string | null;
  en: string | null;
}
export interface FieldOption {
  key: string;
  label: FieldLabel;
  retired: boolean;
}
/** A field the tenant added to the records of a slice. */
export interface CustomField {
  key: string;
  type: (typeof fieldTypes)[number];
  label: FieldLabel;
  required: boolean;
  scale: number | null;
  options: FieldOption[];
  expression: string | null;
  /** Of a formula. */
  result: 'number' | 'money' | 'date' | null;
  retired: boolean;
}
export interface FieldBook {
  slice: string;
  fields: CustomField[];
}
export interface Pipeline {
  id: string;
  version: number;
  key: string;
  name: string;
  /** For those who read English. */
  nameEn?: string | null;
  stages: Stage[];
  retired: boolean;
}

export interface BoardCard {
  id: string;
  version: number;
  name: string;
  customerName: string | null;
  stage: string;
  status: OpportunityStatus;
  amount?: Money | null;
  ownerId: string | null;
  expectedCloseOn: string | null;
  overdue: boolean;
  nextStep: Step | null;
  stageSince: string;
}

export interface FunnelStage {
  stage: string;
  name: string;
  winRate: number;
  count: number;
  /** Null for those whose role does not show them amounts; so are all sums. */
  amount: string | null;
  weighted: string | null;
}
export interface Funnel {
  pipeline: string;
  month: string | null;
  currency: string;
  currencies: string[];
  stages: FunnelStage[];
  weighted: string | null;
  target: string | null;
  gap: string | null;
  position: number;
  at: string | null;
}

export interface DueItem {
  slice: Slice;
  id: string;
  title: string;
  step: Step;
  overdue: boolean;
}
export interface MyDay {
  due: DueItem[];
  newLeads: Lead[];
  unassignedLeads: number;
  openOpportunities: number;
  openAmount: string | null;
  wonThisMonth: number;
  wonAmount: string | null;
}

export const activityTypes = ['note', 'call', 'visit', 'meeting', 'email', 'message'] as const;
export type ActivityType = (typeof activityTypes)[number];
export interface Activity {
  type: ActivityType;
  text: string;
  happenedAt: string;
}
export interface Change {
  field: string;
  from: unknown;
  to: unknown;
}
export interface TimelineEntry {
  version: number;
  position: number;
  at: string;
  by: { kind: 'user' | 'key' | 'system' | 'reaction' | 'clock' | 'import'; id: string | null; name: string | null };
  type: string;
  changes: Change[] | null;
  activity: Activity | null;
  data: Record<string, unknown> | null;
}

export type ImportStatus = 'queued' | 'running' | 'done' | 'failed' | 'undoing' | 'undone';
export interface ImportProblem {
  row: number;
  column: string | null;
  code: string;
  message: string;
  value: string | null;
}
export interface ImportRun {
  id: string;
  version: number;
  fileName: string;
  status: ImportStatus;
  total: number | null;
  read: number;
  created: number;
  merged: number;
  refused: number;
  startedAt: string | null;
  endedAt: string | null;
  problems: ImportProblem[] | null;
  kept: number | null;
}
export interface ImportPreview {
  columns: string[];
  rows: (string | null)[][];
  mapping: Record<string, string | null>;
  fields: string[];
  rowCount?: number | null;
}

export interface Page<T> {
  items: T[];
  next?: string | null;
  total?: number | null;
}
/** One value of a field, with how many records have it and, each currency by itself, what they sum up to. */
export interface Group {
  value: string | boolean | null;
  count: number;
  sums?: { amount: string; currency: string | null }[];
}

export interface Groups {
  items: Group[];
  /** Whether there are more groups than are told of. */
  more?: boolean;
}

export interface SearchHit {
  slice: Slice;
  id: string;
  title: string;
  subtitle: string | null;
}
export interface Receipt {
  id: string;
  version: number;
  duplicate?: boolean;
}
export interface Target {
  pipeline: string;
  month: string;
  ownerId: string | null;
  amount: Money;
}
