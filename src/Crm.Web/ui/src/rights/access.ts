import type { Access, FieldAccess } from '../api/rights';

/** What a screen asks about the signed-in person's rights. The server judges again; here they only decide what is shown. */
export interface Rights {
  /** Whether the role may do this to any record at all. */
  may(slice: string, verb: string): boolean;
  /** Whether one may be made: what cannot be made without must be filled in. */
  mayCreate(slice: string): boolean;
  field(slice: string, field: string): FieldAccess;
  /** Whether a field is there at all, be it masked. */
  shows(slice: string, field: string): boolean;
  /** Whether a field may be filtered, sorted and grouped by. */
  knows(slice: string, field: string): boolean;
  /** Whether a field may be filled in or changed. */
  edits(slice: string, field: string): boolean;
}

/** Fields without which a record is not made. */
const needed: Readonly<Record<string, readonly string[]>> = {
  leads: ['name'],
  customers: ['name'],
  contacts: ['name'],
  opportunities: ['name', 'amount'],
};

export function rightsOf(access: Access): Rights {
  const field = (slice: string, name: string): FieldAccess => {
    const fields = access.slices[slice]?.fields;
    const own = fields?.[name];
    if (own !== undefined) return own;
    // what holds for all custom fields holds for each that is not named
    return name.startsWith('custom.') ? (fields?.custom ?? 'edit') : 'edit';
  };
  const may = (slice: string, verb: string) =>
    access.everything || (access.slices[slice]?.verbs.includes(verb) ?? false);
  return {
    may,
    mayCreate: (slice) => may(slice, 'create') && (needed[slice] ?? []).every((name) => field(slice, name) === 'edit'),
    field,
    shows: (slice, name) => field(slice, name) !== 'hidden',
    knows: (slice, name) => field(slice, name) === 'read' || field(slice, name) === 'edit',
    edits: (slice, name) => field(slice, name) === 'edit',
  };
}
