import { createContext, useContext } from 'react';
import { useTranslation } from 'react-i18next';
import type { Slice } from '../api/types';
import { useFieldBooks, useLabel } from '../fields/fields';
import { useDepartments } from '../organisation/useDepartments';
import { usePeople } from '../people/people';
import { useStageNames } from '../pipelines/pipelines';
import { useRoleNames } from '../rights/useRights';
import { sliceName } from '../rights/words';
import { useFormat } from '../ui/format';

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d/;
/** Money as history writes it: "1234.50 CNY". */
const moneyPattern = /^(-?\d+(?:\.\d+)?) ([A-Z]{3})$/;
const idPattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const personFields: ReadonlySet<string> = new Set(['ownerId', 'superiorId', 'managerId', 'fromId']);
const valueFields: ReadonlySet<string> = new Set(['step', 'right', 'locale']);
const dayPattern = /^\d{4}-\d\d-\d\d$/;
const choices: Record<string, string> = {
  source: 'sources',
  ruledOutReason: 'ruleOutReasons',
  lossReason: 'lossReasons',
};

/** The record that is spoken of: two pipelines may call a stage of one key differently, and so may two slices their own fields. */
export const Spoken = createContext<{ readonly slice?: Slice; readonly pipeline?: string | undefined }>({});

/** Names of fields and values as a person reads them, for history and conflicts. */
export function useFieldText() {
  const { t, i18n } = useTranslation();
  const format = useFormat();
  const people = usePeople();
  const spoken = useContext(Spoken);
  const stages = useStageNames(spoken.pipeline);
  const departments = useDepartments();
  const roleName = useRoleNames();
  const known = (key: string): string | undefined =>
    i18n.exists(key) ? (t(key as 'common.yes') as string) : undefined;

  const { books } = useFieldBooks();
  const labelOf = useLabel();
  const own = (field: string) =>
    field.startsWith('custom.')
      ? books
          .toSorted((a, b) => Number(b.slice === spoken.slice) - Number(a.slice === spoken.slice))
          .flatMap((book) => book.fields)
          .find((each) => each.key === field.slice('custom.'.length))
      : undefined;

  const label = (field: string): string => {
    const custom = own(field);
    return custom
      ? labelOf(custom.label)
      : (known(`fields.${field}`) ??
          known(`journal.fields.${field}`) ??
          known(`tenant.module.name.${field.replace(/^module\./, '')}`) ??
          field.replace(/^custom\./, ''));
  };

  const text = (field: string, value: unknown): string => {
    if (value === null || value === undefined || value === '') return t('record.none');
    const custom = own(field);
    if (custom?.type === 'person') return people.find((person) => person.id === value)?.name ?? t('people.unknown');
    if (custom && custom.options.length > 0)
      return (Array.isArray(value) ? value : String(value).split(','))
        .map((key) => custom.options.find((option) => option.key === key))
        .map((option, index) =>
          option
            ? labelOf(option.label)
            : String(Array.isArray(value) ? value[index] : String(value).split(',')[index]),
        )
        .join(', ');
    if (typeof value === 'boolean') return value ? t('common.yes') : t('common.no');
    if (typeof value === 'number') return format.number(value);
    if (typeof value === 'object') {
      if ('amount' in value && 'currency' in value)
        return format.money({ amount: String(value.amount), currency: String(value.currency) });
      if ('text' in value && 'dueAt' in value)
        return `${String(value.text)} · ${format.instantShort(String(value.dueAt))}`;
      return JSON.stringify(value);
    }
    const raw = String(value);
    if (raw === 'true' || raw === 'false') return t(raw === 'true' ? 'common.yes' : 'common.no');
    if (personFields.has(field)) return people.find((person) => person.id === raw)?.name ?? t('people.unknown');
    if (field === 'departmentId') return departments.nameOf(raw) ?? t('record.another');
    if (field === 'role') return roleName(raw);
    if (field === 'slice') return sliceName(raw);
    if (field === 'stage') return stages.get(raw) ?? raw;
    const group = choices[field];
    if (group) return known(`${group}.${raw}`) ?? raw;
    if (field === 'status' || field === 'type')
      return known(`statuses.${raw}`) ?? known(`journal.values.${raw}`) ?? raw;
    if (valueFields.has(field) || field.startsWith('module.')) return known(`journal.values.${raw}`) ?? raw;
    const money = moneyPattern.exec(raw);
    if (money?.[1] && money[2]) return format.money({ amount: money[1], currency: money[2] });
    if (instantPattern.test(raw)) return format.instant(raw);
    if (dayPattern.test(raw)) return format.day(raw);
    if (idPattern.test(raw)) return departments.nameOf(raw) ?? t('record.another');
    return raw;
  };

  /** What a formula says is not brought back by hand. */
  const isReckoned = (field: string): boolean => own(field)?.type === 'formula';

  return { label, text, isReckoned };
}
