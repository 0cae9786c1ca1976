import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keys } from '../api/cache';
import { type Department, departments } from '../api/rights';
import { useRights } from '../rights/useRights';
import { pathNames } from './tree';

const none: Department[] = [];

export const useDepartmentQuery = () => {
  const rights = useRights();
  return useQuery({
    queryKey: keys.departments,
    queryFn: departments.list,
    staleTime: 60_000,
    enabled: rights.may('departments', 'read'),
  });
};

/** All departments, and the open ones as choices under their full names. */
export function useDepartments() {
  const all = useDepartmentQuery().data ?? none;
  return useMemo(() => {
    const names = pathNames(all);
    const options = all
      .filter((each) => each.open)
      .map((each) => ({ value: each.id, label: names.get(each.id) ?? each.name }))
      .sort((a, b) => a.label.localeCompare(b.label));
    return { all, options, nameOf: (id: string | null) => all.find((each) => each.id === id)?.name };
  }, [all]);
}
