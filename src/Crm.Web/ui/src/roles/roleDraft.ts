import type { CatalogSlice, FieldAccess, FieldRight, Grant, RoleDraft, Scope } from '../api/rights';
import { narrower, scopes } from '../api/rights';

export const any = '*';

const ordered = (chosen: Iterable<Scope>): Scope[] => {
  const set = new Set(chosen);
  return scopes.filter((scope) => set.has(scope));
};

/** The scopes granted for exactly this slice and verb. */
export function scopesOf(grants: readonly Grant[], slice: string, verb: string): Scope[] {
  return ordered(grants.flatMap((grant) => (grant.slice === slice && grant.verb === verb ? grant.scopes : [])));
}

/** What wider rules grant here already: every slice, every verb, or both. `neverImplied` verbs need their name. */
export function inherited(
  grants: readonly Grant[],
  slice: string,
  verb: string,
  neverImplied: readonly string[],
): { scope: Scope; slice: string; verb: string }[] {
  const wider = [
    { slice, verb: any },
    { slice: any, verb },
    { slice: any, verb: any },
  ].filter(
    (from) =>
      (from.slice !== slice || from.verb !== verb) &&
      (from.verb !== any || verb === any || !neverImplied.includes(verb)),
  );
  const found = new Map<Scope, { scope: Scope; slice: string; verb: string }>();
  for (const from of wider)
    for (const scope of scopesOf(grants, from.slice, from.verb))
      if (!found.has(scope)) found.set(scope, { scope, ...from });
  return [...found.values()];
}

/** Grants a scope or takes it back. "All" covers the others, so it stands alone. */
export function toggle(grants: readonly Grant[], slice: string, verb: string, scope: Scope): Grant[] {
  const known = scopesOf(grants, slice, verb);
  const next = known.includes(scope)
    ? known.filter((each) => each !== scope)
    : scope === 'all'
      ? (['all'] as Scope[])
      : [...known.filter((each) => each !== 'all'), scope];
  const rest = grants.filter((grant) => grant.slice !== slice || grant.verb !== verb);
  return next.length === 0 ? rest : [...rest, { slice, verb, scopes: ordered(next) }];
}

/** Verbs of a slice that are granted by name. */
export const ownVerbs = (grants: readonly Grant[], slice: string): number =>
  new Set(grants.filter((grant) => grant.slice === slice && grant.verb !== any).map((grant) => grant.verb)).size;

/** The scopes that mean something on a slice: without owners and regions there is only all. */
export function meaningful(slice: CatalogSlice | undefined): readonly Scope[] {
  if (!slice || slice.owned)
    return slice && !slice.regional ? scopes.filter((each) => each !== 'sub-pool' && each !== 'region') : scopes;
  return ['all'];
}

export const accessOf = (fields: readonly FieldRight[], slice: string, field: string): FieldAccess =>
  fields.find((each) => each.slice === slice && each.field === field)?.right ?? 'edit';

/** The most that a field can be: what is said of all custom fields limits each of them. */
export const mostOf = (fields: readonly FieldRight[], slice: string, field: string): FieldAccess =>
  field.startsWith('custom.') ? accessOf(fields, slice, 'custom') : 'edit';

/** What a field is in the end. */
export const effectiveOf = (fields: readonly FieldRight[], slice: string, field: string): FieldAccess =>
  narrower(accessOf(fields, slice, field), mostOf(fields, slice, field));

/** Limits a field; "edit" is no limit, and so is not kept. */
export function limit(fields: readonly FieldRight[], slice: string, field: string, right: FieldAccess): FieldRight[] {
  const rest = fields.filter((each) => each.slice !== slice || each.field !== field);
  return right === 'edit' ? rest : [...rest, { slice, field, right }];
}

const spelled = (role: RoleDraft): string =>
  JSON.stringify([
    role.key,
    role.name.trim(),
    [...new Set(role.grants.map((grant) => `${grant.slice}:${grant.verb}`))]
      .sort()
      .map((at) => {
        const [slice = '', verb = ''] = at.split(':');
        return [at, scopesOf(role.grants, slice, verb)];
      })
      .filter(([, granted]) => granted?.length !== 0),
    role.fields
      .filter((each) => each.right !== 'edit')
      .map((each) => `${each.slice}:${each.field}:${each.right}`)
      .sort(),
  ]);

/** Whether two roles say the same, in whatever order. */
export const saysTheSame = (a: RoleDraft, b: RoleDraft): boolean => spelled(a) === spelled(b);

/** A key that no role has yet. */
export function freeKey(wanted: string, taken: readonly string[]): string {
  const base = wanted.replace(/-\d+$/, '');
  for (let number = 2; ; number++) if (!taken.includes(`${base}-${number}`)) return `${base}-${number}`;
}
