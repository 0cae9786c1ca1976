import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { cache, keys } from '../api/cache';
import { Problem } from '../api/problem';
import { type Access, access, roles } from '../api/rights';
import { i18next } from '../i18n/i18n';
import { after } from '../platform/timers';
import { useModules } from '../session/session';
import { type Rights, rightsOf } from './access';

const nothing: Access = { role: null, everything: false, slices: {} };

/** How often somebody whose access is stopped asks whether it still is: nothing reaches the page meanwhile. */
const stoppedMs = 5_000;

export const useAccessQuery = (enabled = true) =>
  useQuery({
    queryKey: keys.access,
    queryFn: access.mine,
    staleTime: Number.POSITIVE_INFINITY,
    enabled,
    refetchInterval: ({ state: { error } }) =>
      error instanceof Problem && error.code === 'access-stopped' ? stoppedMs : false,
  });

/** The rights of the person signed in. The signed-in shell waits for them, so below it they are always there. */
export function useRights(): Rights {
  const { data } = useAccessQuery();
  const isOn = useModules();
  return useMemo(() => rightsOf(data ?? nothing, isOn), [data, isOn]);
}

/** Whether the role may do this to any record at all. */
export const useMay = (slice: string, verb: string): boolean => useRights().may(slice, verb);

/** Rights have changed: ours are read anew, and so is what follows from them. */
export async function refreshAccess(): Promise<void> {
  const before = JSON.stringify(cache.getQueryData(keys.access));
  await cache.invalidateQueries({ queryKey: keys.access });
  for (const queryKey of [keys.users, keys.departments, keys.roles]) void cache.invalidateQueries({ queryKey });
  if (JSON.stringify(cache.getQueryData(keys.access)) === before) return;
  // another role sees other records and other fields, on every page
  await cache.invalidateQueries({
    predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] && queryKey[0] !== keys.access[0],
  });
}

/** Many topics are shown anew at once, and a page may be forbidden several things: that is one question. */
const pauseMs = 150;
let due = false;

export function noticeRights(): void {
  if (due || cache.getQueryData(keys.access) === undefined) return;
  due = true;
  after(pauseMs, () => {
    due = false;
    void refreshAccess();
  });
}

export const useRoleBook = () => useQuery({ queryKey: keys.roles, queryFn: roles.list, staleTime: 60_000 });

/** A role's name as people know it: the shipped roles speak the reader's language until they are renamed. */
export function nameOfRole(role: { key: string; name: string }): string {
  const key = `rights.roleNames.${role.key}`;
  if (!i18next.exists(key)) return role.name;
  const shipped = i18next.getFixedT('zh-CN')(key as 'rights.roleNames.admin');
  return role.name === shipped ? i18next.t(key as 'rights.roleNames.admin') : role.name;
}

/** Names of roles by key; a key without a role is shown as it is. */
export function useRoleNames(): (key: string) => string {
  const { data } = useRoleBook();
  return (key) => {
    const role = data?.items.find((each) => each.key === key);
    return role ? nameOfRole(role) : key;
  };
}

export function useRoleOptions(): { value: string; label: string }[] {
  const { data } = useRoleBook();
  return (data?.items ?? []).map((role) => ({ value: role.key, label: nameOfRole(role) }));
}
