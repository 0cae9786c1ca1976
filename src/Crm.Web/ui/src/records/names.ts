import { i18next } from '../i18n/i18n';

/** What the server calls a record whose person was erased. */
const erased = '(erased)';

export const isErased = (record: { name: string }): boolean => record.name === erased;

/** A record's name as people read it. */
export const shownName = (name: string): string => (name === erased ? i18next.t('record.erased') : name);
