import { explain, isKnown } from '../api/explain';
import type { Problem } from '../api/problem';

/** What was filled in: no empty strings, nothing undefined; an explicit "nobody" stays out too. */
export function compact<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(values)
      .map(([key, value]) => [key, typeof value === 'string' ? value.trim() : value] as const)
      .filter(([, value]) => value !== undefined && value !== null && value !== ''),
  ) as Partial<T>;
}

/** The tenant's own fields are named by two words, others by the first. */
const nameOf = (path: readonly string[]): unknown => (path[0] === 'custom' ? path.slice(0, 2) : path[0]);

/** A refusal's field messages, for a form's `setFields`. */
export function fieldErrors<T extends object>(problem: Problem): { name: keyof T & string; errors: string[] }[] {
  const fields = Object.entries(problem.errors);
  // The code speaks of one field; with several, only the server's own sentences tell them apart.
  const ours = fields.length === 1 && isKnown(problem.code) ? [explain(problem)] : undefined;
  return fields.map(([path, errors]) => ({
    name: nameOf(path.replace(/^\$?\.?/, '').split('.')) as keyof T & string,
    errors: ours ?? errors,
  }));
}
