import { i18next } from '../i18n/i18n';

const known = (key: string): string | undefined => (i18next.exists(key) ? i18next.t(key as 'common.yes') : undefined);

/** What an event says, by its name on disk: "user-amended-v1" → "changed a person". One without words yet is shown spelt out. */
export function eventText(type: string): string {
  const name = type.replace(/-v\d+$/, '');
  const verb = name.replace(/^[a-z]+-/, '');
  return (
    known(`journal.events.${name}`) ?? known(`events.${name}`) ?? known(`events.${verb}`) ?? verb.replaceAll('-', ' ')
  );
}

/** What was noted of reading: a search, masked records, a refused try. */
export const noteText = (type: string): string => known(`journal.notes.${type}`) ?? type;

/** A line of the compliance report is named by an event or by what was noted. */
export const itemText = (item: string): string => known(`journal.notes.${item}`) ?? eventText(item);

export const kindText = (kind: string): string => known(`journal.kinds.${kind}`) ?? kind;
