import { DatePicker, Input, InputNumber, Select } from 'antd';
import dayjs from 'dayjs';
import { useTranslation } from 'react-i18next';
import type { CustomField, Money } from '../api/types';
import { PersonSelect } from '../people/PersonSelect';
import { Person } from '../ui/Avatar';
import { MoneyText } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { MoneyField } from '../ui/MoneyInput';
import { isSafeLink, quantityOf, useLabel } from './fields';

/** A value of a field the tenant added, as people read it. */
export function CustomValue({ field, value }: { field: CustomField; value: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  const label = useLabel();
  if (value === null || value === undefined || value === '') return <span className="faint">{t('record.none')}</span>;
  const nameOf = (key: unknown) => {
    const option = field.options.find((each) => each.key === key);
    return option ? label(option.label) : String(key);
  };
  const quantity = quantityOf(field);
  if (Array.isArray(value)) return <span>{value.map(nameOf).join(', ')}</span>;
  if (quantity === 'money' && typeof value === 'object') return <MoneyText money={value as Money} />;
  if (quantity === 'number' && typeof value === 'number') return <span className="num">{format.number(value)}</span>;
  if (quantity === 'date') return <span>{format.day(String(value))}</span>;
  if (quantity === 'choice') return <span>{nameOf(value)}</span>;
  if (quantity === 'person') return <Person id={String(value)} />;
  if (quantity === 'link' && isSafeLink(String(value)))
    return (
      <a
        href={String(value)}
        className="clip"
        target="_blank"
        rel="noopener noreferrer"
        onClick={(event) => event.stopPropagation()}
      >
        {String(value)}
      </a>
    );
  return <span className="clip">{String(value)}</span>;
}

interface EditorProps {
  readonly field: CustomField;
  readonly value?: unknown;
  readonly onChange?: (value: unknown) => void;
  readonly testId?: string;
  readonly id?: string;
  /** Opened in place by a click, which is answered by where one types next. */
  readonly autoFocus?: boolean;
}

/** An editor that fits the field's type; also inside a form. Money that cannot be read yet is the text that was typed. */
export function CustomEditor({ field, value, onChange, testId, id, autoFocus = false }: EditorProps) {
  const label = useLabel();
  const options = field.options
    .filter((option) => !option.retired || option.key === value || (Array.isArray(value) && value.includes(option.key)))
    .map((option) => ({ value: option.key, label: label(option.label) }));
  const shared = {
    ...(id === undefined ? {} : { id }),
    autoFocus,
    'aria-label': id === undefined ? label(field.label) : undefined,
    'data-testid': testId,
    style: { width: '100%' },
  };
  switch (field.type) {
    case 'choice':
      return (
        <Select
          {...shared}
          defaultOpen={autoFocus}
          allowClear={!field.required}
          value={value as string | undefined}
          options={options}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={(next: string | undefined) => onChange?.(next ?? null)}
        />
      );
    case 'multi-choice':
      return (
        <Select
          {...shared}
          mode="multiple"
          value={(value as string[] | undefined) ?? []}
          options={options}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={(next: string[]) => onChange?.(next)}
        />
      );
    case 'date':
      return (
        <DatePicker
          {...shared}
          defaultOpen={autoFocus}
          allowClear={!field.required}
          value={typeof value === 'string' && value !== '' ? dayjs(value) : null}
          onChange={(day) => onChange?.(day ? day.format('YYYY-MM-DD') : null)}
        />
      );
    case 'number':
      return (
        <InputNumber<number>
          {...shared}
          value={typeof value === 'number' ? value : null}
          precision={field.scale ?? 2}
          controls={false}
          onChange={(next) => onChange?.(next)}
        />
      );
    case 'money':
      return (
        <MoneyField
          {...(id === undefined ? {} : { id })}
          {...(testId === undefined ? {} : { testId })}
          autoFocus={autoFocus}
          value={(value as Money | string | undefined) ?? null}
          onChange={(next) => onChange?.(next)}
        />
      );
    case 'person':
      return (
        <PersonSelect
          {...(id === undefined ? {} : { id })}
          {...(testId === undefined ? {} : { testId })}
          autoFocus={autoFocus}
          allowClear={!field.required}
          value={(value as string | undefined) ?? null}
          onChange={(next) => onChange?.(next)}
        />
      );
    default:
      return (
        <Input
          {...shared}
          type={field.type === 'link' ? 'url' : 'text'}
          maxLength={2000}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange?.(event.target.value)}
        />
      );
  }
}
