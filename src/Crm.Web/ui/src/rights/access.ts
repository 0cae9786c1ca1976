import { type Access, type FieldAccess, narrower } from '../api/rights';
import type { ModuleKey } from '../api/types';

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

/** Fields that lead to records of a module; without it they lead nowhere. */
const leadTo: Readonly<Record<string, ModuleKey>> = {
  customerId: 'customers',
  customerName: 'customers',
  contactId: 'customers',
  leadId: 'leads',
  opportunityId: 'opportunities',
  importId: 'imports',
};

export function rightsOf(access: Access, isOn: (module: ModuleKey) => boolean = () => true): Rights {
  const field = (slice: string, name: string): FieldAccess => {
    const module = leadTo[name];
    if (module !== undefined && !isOn(module)) return 'hidden';
    const fields = access.slices[slice]?.fields;
    const own = fields?.[name] ?? 'edit';
    // what is said of all custom fields limits each of them
    return name.startsWith('custom.') ? narrower(own, fields?.custom ?? 'edit') : own;
  };
  const may = (slice: string, verb: string) => {
    const verbs = access.slices[slice]?.verbs;
    // whoever may everything still may nothing where a module is off
    return access.everything ? verbs === undefined || verbs.length > 0 : (verbs?.includes(verb) ?? false);
  };
  return {
    may,
    mayCreate: (slice) => may(slice, 'create') && (needed[slice] ?? []).every((name) => field(slice, name) === 'edit'),
    field,
    shows: (slice, name) => field(slice, name) !== 'hidden',
    knows: (slice, name) => field(slice, name) === 'read' || field(slice, name) === 'edit',
    edits: (slice, name) => field(slice, name) === 'edit',
  };
}
