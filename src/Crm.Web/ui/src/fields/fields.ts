import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys } from '../api/cache';
import { fields } from '../api/crm';
import type { CustomField, FieldBook, FieldLabel, Page } from '../api/types';
import { type FieldsSays, topics } from '../live/protocol';
import { useTopic } from '../live/useTopic';
import type { FilterField } from '../records/RecordFilterBar';

const none: FieldBook[] = [];

/** The fields the tenant has added, kept up to date while somebody defines them. */
export function useFieldBooks(): { books: readonly FieldBook[]; isPending: boolean } {
  const query = useQuery({ queryKey: keys.fields, queryFn: fields.list, staleTime: 60_000 });
  useTopic<FieldsSays>(topics.fields, (message) => {
    cache.setQueryData<Page<FieldBook>>(keys.fields, message.data);
  });
  return { books: query.data?.items ?? none, isPending: query.isPending };
}

/** The fields of a slice that are in use, in their order. */
export function useCustomFields(slice: string): readonly CustomField[] {
  const { books } = useFieldBooks();
  return useMemo(
    () => (books.find((book) => book.slice === slice)?.fields ?? []).filter((field) => !field.retired),
    [books, slice],
  );
}

/** A label in the reader's language, or in the one there is. */
export function labelIn(label: FieldLabel, language: string): string {
  return (language.startsWith('zh') ? (label.zh ?? label.en) : (label.en ?? label.zh)) ?? '';
}

export function useLabel(): (label: FieldLabel) => string {
  const { i18n } = useTranslation();
  return useMemo(() => (label: FieldLabel) => labelIn(label, i18n.language), [i18n.language]);
}

/** What values are compared as: the field's type, or that of a formula's result. */
export const quantityOf = (field: CustomField): CustomField['type'] =>
  field.type === 'formula' ? (field.result ?? 'number') : field.type;

const kinds: Record<CustomField['type'], FilterField['kind']> = {
  text: 'text',
  link: 'text',
  number: 'number',
  money: 'number',
  date: 'day',
  choice: 'choice',
  'multi-choice': 'choice',
  person: 'person',
  formula: 'number',
};

/** The field as lists filter by it. */
export function filterOf(field: CustomField, label: (label: FieldLabel) => string): FilterField {
  const options = field.options.map((option) => ({ value: option.key, label: label(option.label) }));
  const filter = { key: `custom.${field.key}`, label: label(field.label), kind: kinds[quantityOf(field)] };
  return options.length > 0 ? { ...filter, options } : filter;
}

/** Links of other schemes are shown and lead nowhere. */
export const isSafeLink = (text: string): boolean => /^(https?:\/\/|mailto:)\S+$/i.test(text);

/** Whether what is in an editor is a value at all: an amount that cannot be read is still the text that was typed. */
export const isReadable = (field: CustomField, value: unknown): boolean =>
  field.type !== 'money' || typeof value !== 'string' || value === '';

/** The options of a new field: one a line, "中文 / English" for two languages. */
export function optionsOf(text: string | undefined): { label: FieldLabel }[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      const [zh, ...en] = line.split(/\s+\/\s+/);
      return { label: labelOf(zh, en.join(' / ')) };
    });
}

/** A label as it was typed; a language left empty has none. */
export const labelOf = (zh: string | undefined, en: string | undefined): FieldLabel => ({
  zh: zh?.trim() || null,
  en: en?.trim() || null,
});

/** A label with one language typed anew. Nothing when that would leave it without any word, or as it was. */
export function relabelled(label: FieldLabel, language: 'zh' | 'en', text: string): FieldLabel | undefined {
  const next = { ...label, [language]: text.trim() || null };
  const isSame = next.zh === label.zh && next.en === label.en;
  return isSame || (next.zh === null && next.en === null) ? undefined : next;
}
