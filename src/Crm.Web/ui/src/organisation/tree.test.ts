import { describe, expect, it } from 'vitest';
import type { Department } from '../api/rights';
import { isWithin, pathNames, regionOf, toTree } from './tree';

const make = (id: string, parentId: string | null, more: Partial<Department> = {}): Department => ({
  id,
  version: 1,
  name: id,
  parentId,
  managerId: null,
  region: null,
  open: true,
  ...more,
});
const all = [
  make('east', null, { region: 'East' }),
  make('shanghai', 'east'),
  make('pudong', 'shanghai'),
  make('old', 'east', { open: false }),
];

describe('the tree of departments', () => {
  it('leaves closed ones out unless asked', () => {
    expect(toTree(all, false)[0]?.children.map(({ department }) => department.id)).toEqual(['shanghai']);
    expect(toTree(all, true)[0]?.children.map(({ department }) => department.id)).toEqual(['old', 'shanghai']);
  });

  it('shows a department whose parent is closed at the top', () => {
    expect(toTree([...all, make('lost', 'old')], false).map(({ department }) => department.id)).toEqual([
      'east',
      'lost',
    ]);
  });

  it('knows what lies below what', () => {
    expect(isWithin(all, 'pudong', 'east')).toBe(true);
    expect(isWithin(all, 'east', 'east')).toBe(true);
    expect(isWithin(all, 'east', 'pudong')).toBe(false);
  });

  it('names a department by its path and finds the region above', () => {
    expect(pathNames(all).get('pudong')).toBe('east / shanghai / pudong');
    expect(regionOf(all, 'pudong')).toBe('East');
    expect(regionOf(all, null)).toBeNull();
  });
});
