import { describe, expect, it } from 'vitest';
import type { User } from '../api/types';
import { findPeople, type PeopleFilter } from './findPeople';
import { changesOf } from './PersonDrawer';

const make = (name: string, more: Partial<User> = {}): User => ({
  id: name,
  name,
  login: `${name}@demo`,
  role: 'sales',
  active: true,
  departmentId: null,
  position: null,
  superiorId: null,
  region: null,
  ...more,
});
const people = [
  make('Bo', { active: false }),
  make('Ada', { departmentId: 'east', position: 'Lead' }),
  make('Cy', { role: 'boss' }),
];
const all: PeopleFilter = { text: '', role: null, departments: undefined, activeOnly: false };

describe('people', () => {
  it('are found by text, role, department and whether they are active', () => {
    const names = (
      filter: Partial<typeof all> & { departments?: ReadonlySet<string> | undefined; role?: string | null },
    ) => findPeople(people, { ...all, ...filter }).map((person) => person.name);
    expect(names({})).toEqual(['Ada', 'Cy', 'Bo']);
    expect(names({ text: 'lead' })).toEqual(['Ada']);
    expect(names({ role: 'boss' })).toEqual(['Cy']);
    expect(names({ departments: new Set(['east']) })).toEqual(['Ada']);
    expect(names({ activeOnly: true })).toEqual(['Ada', 'Cy']);
  });

  it('are amended in what was changed only; an emptied field is cleared', () => {
    const ada = people[1] as User;
    expect(changesOf(ada, { name: 'Ada', role: 'sales', departmentId: null, position: ' ', region: 'East' })).toEqual({
      departmentId: null,
      position: null,
      region: 'East',
    });
  });
});
