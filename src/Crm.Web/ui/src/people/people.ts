import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { keys } from '../api/cache';
import { people } from '../api/crm';
import type { User } from '../api/types';

const none: User[] = [];

export function usePeople(): User[] {
  return useQuery({ queryKey: keys.users, queryFn: people.list, staleTime: 60_000 }).data?.items ?? none;
}

export function usePerson(id: string | null): User | undefined {
  const all = usePeople();
  return useMemo(() => all.find((user) => user.id === id), [all, id]);
}
