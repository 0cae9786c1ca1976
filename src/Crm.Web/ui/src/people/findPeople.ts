import type { User } from '../api/types';

export interface PeopleFilter {
  readonly text: string;
  readonly role: string | null;
  /** These departments; undefined for all. */
  readonly departments: ReadonlySet<string> | undefined;
  readonly activeOnly: boolean;
}

/** The people that fit, those in use first, by name. */
export function findPeople(people: readonly User[], filter: PeopleFilter): User[] {
  const text = filter.text.trim().toLowerCase();
  return people
    .filter(
      (person) =>
        (!filter.activeOnly || person.active) &&
        (filter.role === null || person.role === filter.role) &&
        (filter.departments === undefined ||
          (person.departmentId !== null && filter.departments.has(person.departmentId))) &&
        (text === '' || `${person.name} ${person.login} ${person.position ?? ''}`.toLowerCase().includes(text)),
    )
    .sort((a, b) => Number(b.active) - Number(a.active) || a.name.localeCompare(b.name));
}
