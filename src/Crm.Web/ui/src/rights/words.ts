import { i18next } from '../i18n/i18n';

function word(group: 'rights.verbs' | 'rights.sliceNames' | 'fields', key: string): string | undefined {
  const path = `${group}.${key}`;
  return i18next.exists(path) ? i18next.t(path as 'rights.verbs.read') : undefined;
}

/** A verb in the reader's language; one without a word yet is shown as the server spells it. */
export const verbName = (verb: string): string => word('rights.verbs', verb) ?? verb;

export const sliceName = (slice: string): string => word('rights.sliceNames', slice) ?? slice;

export const fieldName = (field: string): string =>
  field.startsWith('custom.')
    ? `${word('fields', 'custom') ?? 'custom'} · ${field.slice(7)}`
    : (word('fields', field) ?? field);
