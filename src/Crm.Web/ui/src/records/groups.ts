import type { FieldKind } from '../api/filter';
import type { FilterField } from './RecordFilterBar';

const grouped: readonly FieldKind[] = ['choice', 'person', 'record', 'day', 'instant', 'flag'];

/** The fields that a list is grouped by: those that many records share. */
export const groupFields = (fields: readonly FilterField[]): FilterField[] =>
  fields.filter((field) => field.repeats === true || grouped.includes(field.kind));

/** A group as an address has it; what is empty is the empty text. */
export const groupKey = (value: string | boolean | null): string => (value === null ? '' : String(value));

/** The value that a group of an address has. */
export function groupValue(key: string, kind: FieldKind): string | boolean | null {
  if (key === '') return null;
  return kind === 'flag' ? key === 'true' : key;
}

/** Whether an address can mean this group: who wrote it by hand may write anything. */
export const isGroup = (key: string, kind: FieldKind): boolean =>
  key === '' || (kind === 'day' || kind === 'instant' ? /^\d{4}-(0[1-9]|1[0-2])$/.test(key) : true);
