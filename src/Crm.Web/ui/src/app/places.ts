import { useLocation } from '@tanstack/react-router';
import { useMemo } from 'react';
import { useIsSuperior } from '../organisation/useIsSuperior';
import type { Rights } from '../rights/access';
import { useRights } from '../rights/useRights';
import { useModules } from '../session/session';

/** Every page that has a place in the navigation, who is led there, and the module without which it is not there at all. */
const all = [
  { key: 'home', to: '/', group: 'work', for: () => true },
  { key: 'leads', to: '/leads', group: 'work', module: 'leads', for: (rights: Rights) => rights.may('leads', 'read') },
  {
    key: 'board',
    to: '/board',
    group: 'work',
    module: 'opportunities',
    for: (rights: Rights) => rights.may('opportunities', 'read'),
  },
  {
    key: 'opportunities',
    to: '/opportunities',
    group: 'work',
    module: 'opportunities',
    for: (rights: Rights) => rights.may('opportunities', 'read'),
  },
  {
    key: 'funnel',
    to: '/funnel',
    group: 'work',
    module: 'opportunities',
    for: (rights: Rights) => rights.may('opportunities', 'read'),
  },
  {
    key: 'customers',
    to: '/customers',
    group: 'book',
    module: 'customers',
    for: (rights: Rights) => rights.may('customers', 'read'),
  },
  {
    key: 'contacts',
    to: '/contacts',
    group: 'book',
    module: 'customers',
    for: (rights: Rights) => rights.may('contacts', 'read'),
  },
  {
    key: 'imports',
    to: '/imports',
    group: 'book',
    module: 'imports',
    for: (rights: Rights) => rights.may('imports', 'read') || rights.may('imports', 'create'),
  },
  {
    key: 'pipelines',
    to: '/settings/pipelines',
    group: 'settings',
    module: 'opportunities',
    for: (rights: Rights) => rights.may('pipelines', 'create') || rights.may('pipelines', 'rename'),
  },
  {
    key: 'fields',
    to: '/settings/fields',
    group: 'settings',
    for: (rights: Rights) => rights.may('fields', 'add') || rights.may('fields', 'amend'),
  },
  {
    key: 'people',
    to: '/settings/people',
    group: 'settings',
    for: (rights: Rights) =>
      rights.may('users', 'create') || rights.may('users', 'amend') || rights.may('api-keys', 'create'),
  },
  {
    key: 'organisation',
    to: '/settings/organisation',
    group: 'settings',
    for: (rights: Rights) => rights.may('departments', 'create') || rights.may('departments', 'amend'),
  },
  {
    key: 'roles',
    to: '/settings/roles',
    group: 'settings',
    for: (rights: Rights) => rights.may('roles', 'define-role'),
  },
  {
    key: 'security',
    to: '/settings/security',
    group: 'settings',
    for: (rights: Rights) => rights.may('company-sign-ins', 'set') || rights.may('mails', 'read'),
  },
  {
    key: 'company',
    to: '/settings/company',
    group: 'settings',
    for: (rights: Rights) =>
      rights.may('tenants', 'amend') || rights.may('tenants', 'switch-module') || rights.may('policies', 'set-limits'),
  },
  {
    key: 'audit',
    to: '/settings/audit',
    group: 'settings',
    // everybody may read alerts about people under them; without any there is nothing to lead to
    for: (rights: Rights, isSuperior: boolean) =>
      rights.may('audit', 'read') ||
      rights.may('exports', 'approve') ||
      rights.may('alerts', 'release') ||
      (isSuperior && rights.may('alerts', 'read')),
  },
] as const;

export type PlaceKey = (typeof all)[number]['key'];

export function usePlaces() {
  const rights = useRights();
  const isOn = useModules();
  const isSuperior = useIsSuperior();
  return useMemo(
    () => all.filter((place) => (!('module' in place) || isOn(place.module)) && place.for(rights, isSuperior)),
    [rights, isOn, isSuperior],
  );
}

/** Whether somebody is led to a page; the page itself asks too, since an address can be typed. */
export function usePlace(key: PlaceKey): boolean {
  return usePlaces().some((place) => place.key === key);
}

/** Whether the address is one of a module that is off: to whoever asks it is not there. */
export function useIsElsewhere(): boolean {
  const { pathname } = useLocation();
  const isOn = useModules();
  return all.some(
    (place) =>
      'module' in place && !isOn(place.module) && (pathname === place.to || pathname.startsWith(`${place.to}/`)),
  );
}
