import { useMemo } from 'react';
import type { Rights } from '../rights/access';
import { useRights } from '../rights/useRights';

/** Every page that has a place in the navigation, and who is led there. */
const all = [
  { key: 'home', to: '/', group: 'work', for: () => true },
  { key: 'leads', to: '/leads', group: 'work', for: (rights: Rights) => rights.may('leads', 'read') },
  { key: 'board', to: '/board', group: 'work', for: (rights: Rights) => rights.may('opportunities', 'read') },
  {
    key: 'opportunities',
    to: '/opportunities',
    group: 'work',
    for: (rights: Rights) => rights.may('opportunities', 'read'),
  },
  { key: 'funnel', to: '/funnel', group: 'work', for: (rights: Rights) => rights.may('opportunities', 'read') },
  { key: 'customers', to: '/customers', group: 'book', for: (rights: Rights) => rights.may('customers', 'read') },
  { key: 'contacts', to: '/contacts', group: 'book', for: (rights: Rights) => rights.may('contacts', 'read') },
  {
    key: 'imports',
    to: '/imports',
    group: 'book',
    for: (rights: Rights) => rights.may('imports', 'read') || rights.may('imports', 'create'),
  },
  {
    key: 'pipelines',
    to: '/settings/pipelines',
    group: 'settings',
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
    key: 'audit',
    to: '/settings/audit',
    group: 'settings',
    for: (rights: Rights) =>
      rights.may('audit', 'read') || rights.may('exports', 'approve') || rights.may('alerts', 'read'),
  },
] as const;

export type PlaceKey = (typeof all)[number]['key'];

export function usePlaces() {
  const rights = useRights();
  return useMemo(() => all.filter((place) => place.for(rights)), [rights]);
}

/** Whether somebody is led to a page; the page itself asks too, since an address can be typed. */
export function usePlace(key: PlaceKey): boolean {
  return usePlaces().some((place) => place.key === key);
}
