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

/** A refusal's field messages, for a form's `setFields`. */
export function fieldErrors<T extends object>(problem: Problem): { name: keyof T & string; errors: string[] }[] {
  const fields = Object.entries(problem.errors);
  // The code speaks of one field; with several, only the server's own sentences tell them apart.
  const ours = fields.length === 1 && isKnown(problem.code) ? [explain(problem)] : undefined;
  return fields.map(([path, errors]) => ({
    name: path.replace(/^\$?\.?/, '').split('.')[0] as keyof T & string,
    errors: ours ?? errors,
  }));
}
