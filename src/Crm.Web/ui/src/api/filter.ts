import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';

dayjs.extend(utc);
dayjs.extend(timezone);

export const operators = ['eq', 'ne', 'co', 'sw', 'gt', 'ge', 'lt', 'le', 'pr', 'np', 'in', 'last', 'month'] as const;
/** SCIM's operators, and four of ours that are written out in SCIM: absent, any of, in the last n days, funnel month. */
export type Operator = (typeof operators)[number];

export interface Condition {
  readonly field: string;
  readonly op: Operator;
  readonly value?: string | number | boolean | readonly string[];
}

export type FieldKind =
  | 'record'
  | 'text'
  | 'choice'
  | 'person'
  | 'day'
  | 'instant'
  | 'number'
  | 'flag'
  | 'funnel-month';

/** Which operators make sense for a kind of field; the first one is the default. */
export const operatorsOf: Record<FieldKind, readonly Operator[]> = {
  record: ['in', 'pr', 'np'],
  text: ['co', 'sw', 'eq', 'ne', 'pr', 'np'],
  // one of several says the same as equal to one
  choice: ['in', 'ne', 'pr', 'np'],
  person: ['in', 'pr', 'np'],
  day: ['ge', 'le', 'eq', 'pr', 'np'],
  instant: ['last', 'ge', 'lt', 'pr', 'np'],
  number: ['ge', 'gt', 'le', 'lt', 'eq'],
  flag: ['eq'],
  'funnel-month': ['month'],
};

const needsNoValue = (op: Operator): boolean => op === 'pr' || op === 'np';

export function isComplete(condition: Condition): boolean {
  if (needsNoValue(condition.op)) return true;
  const { value } = condition;
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== '';
}

function literal(value: string | number | boolean): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** The same set that the funnel of a month counts (FUN-02). */
function funnelMonth(month: string): string {
  const first = dayjs(`${month}-01`);
  const from = literal(first.format('YYYY-MM-DD'));
  const to = literal(first.endOf('month').format('YYYY-MM-DD'));
  const open = `status eq "open" and (not (expectedCloseOn pr) or (expectedCloseOn ge ${from} and expectedCloseOn le ${to}))`;
  return `((${open}) or (status eq "won" and closedOn ge ${from} and closedOn le ${to}))`;
}

function one(condition: Condition, kind: FieldKind, timeZone: string, now: number): string {
  const { field, op, value } = condition;
  if (op === 'np') return `not (${field} pr)`;
  if (op === 'pr') return `${field} pr`;
  if (op === 'month') return funnelMonth(String(value));
  if (op === 'last') {
    const from = dayjs(now).tz(timeZone).startOf('day').subtract(Number(value), 'day');
    return `${field} ge ${literal(from.toISOString())}`;
  }
  if (op === 'in') {
    const many = (Array.isArray(value) ? value : [value]).map((each) => `${field} eq ${literal(String(each))}`);
    return many.length === 1 ? (many[0] ?? '') : `(${many.join(' or ')})`;
  }
  if (kind === 'instant') return `${field} ${op} ${literal(dayjs.tz(String(value), timeZone).toISOString())}`;
  return `${field} ${op} ${literal(value as string | number | boolean)}`;
}

/** Writes conditions as one SCIM filter (RFC 7644 §3.4.2.2); incomplete ones are left out. */
export function toScim(
  conditions: readonly Condition[],
  any: boolean,
  kindOfField: (field: string) => FieldKind | undefined,
  timeZone: string,
  now: number,
): string | undefined {
  const parts = conditions.flatMap((condition) => {
    const kind = kindOfField(condition.field);
    return kind && isComplete(condition) ? [one(condition, kind, timeZone, now)] : [];
  });
  return parts.length === 0 ? undefined : parts.join(any ? ' or ' : ' and ');
}

/** What a record has in a group: nothing, or this value; a day or moment is in its month, as `2026-11`. */
export function ofGroup(field: string, kind: FieldKind, value: string | boolean | null, timeZone: string): string {
  if (value === null) return `not (${field} pr)`;
  if (kind !== 'day' && kind !== 'instant') return `${field} eq ${literal(value)}`;
  const first = `${String(value)}-01`;
  if (kind === 'day') {
    const last = dayjs.utc(first).endOf('month').format('YYYY-MM-DD');
    return `(${field} ge ${literal(first)} and ${field} le ${literal(last)})`;
  }
  const begin = (day: string) => literal(dayjs.tz(`${day}T00:00:00`, timeZone).toISOString());
  const next = dayjs.utc(first).add(1, 'month').format('YYYY-MM-DD');
  return `(${field} ge ${begin(first)} and ${field} lt ${begin(next)})`;
}

/** Both filters, or the one there is. */
export function bothOf(one: string | undefined, other: string | undefined): string | undefined {
  return one !== undefined && other !== undefined ? `(${one}) and ${other}` : (one ?? other);
}
