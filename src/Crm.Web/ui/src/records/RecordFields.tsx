import { DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AnyRecord, Money, Slice } from '../api/types';
import { useRights } from '../rights/useRights';
import { MoneyText } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { keepAndStay } from '../ui/keys';
import { MoneyInput } from '../ui/MoneyInput';
import type { Changes } from './useAmend';

export interface FieldSpec {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'long' | 'choice' | 'day' | 'money' | 'email' | 'tel' | 'url' | 'shown';
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly required?: boolean;
  readonly render?: () => ReactNode;
  /** Shown, not edited: the role does not allow it. */
  readonly fixed?: boolean;
}

/** False when it was refused: what was typed is then still needed. */
export type Amend = (changes: Changes, startedFrom?: Changes) => Promise<boolean>;

interface Props {
  readonly slice: Slice;
  readonly record: AnyRecord;
  readonly fields: readonly FieldSpec[];
  readonly amend: Amend;
}

/** Every field is edited where it stands: click, type, Enter. */
export function RecordFields({ slice, record, fields, amend }: Props) {
  const rights = useRights();
  const mayAmend = rights.may(slice, 'amend');
  const values = record as unknown as Changes;
  return (
    <dl className="fields">
      {fields
        .filter((field) => rights.shows(slice, field.key))
        .map((field) => (
          <Field
            key={field.key}
            field={mayAmend && rights.edits(slice, field.key) ? field : { ...field, fixed: true }}
            value={values[field.key]}
            save={(value, from) => amend({ [field.key]: value }, { [field.key]: from })}
          />
        ))}
    </dl>
  );
}

function Field({
  field,
  value,
  save,
}: {
  field: FieldSpec;
  value: unknown;
  save: (value: unknown, startedFrom: unknown) => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState<{ readonly from: unknown; readonly refused?: string }>();
  if (field.kind === 'shown' || field.render || field.fixed)
    return (
      <div className="field">
        <dt>{field.label}</dt>
        <dd data-testid={field.fixed ? `fixed-${field.key}` : undefined}>
          {field.render ? field.render() : <FieldValue field={field} value={value} />}
        </dd>
      </div>
    );
  return (
    <div className="field">
      <dt>{field.label}</dt>
      <dd>
        {editing ? (
          <FieldEditor
            field={field}
            value={editing.from}
            refused={editing.refused}
            done={async (next) => {
              const { from } = editing;
              setEditing(undefined);
              if (next !== undefined && !(await save(next, from)) && typeof next === 'string')
                setEditing((since) => since ?? { from, refused: next });
            }}
          />
        ) : (
          <button
            type="button"
            className="field-value"
            data-testid={`field-${field.key}`}
            title={t('record.edit', { field: field.label })}
            onClick={() => setEditing({ from: value })}
          >
            <FieldValue field={field} value={value} />
          </button>
        )}
      </dd>
    </div>
  );
}

function FieldValue({ field, value }: { field: FieldSpec; value: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (value === null || value === undefined || value === '') return <span className="faint">{t('record.none')}</span>;
  if (field.kind === 'money') return <MoneyText money={value as Money} />;
  if (field.kind === 'day') return <span>{format.day(String(value))}</span>;
  if (field.kind === 'choice')
    return <span>{field.options?.find((option) => option.value === value)?.label ?? String(value)}</span>;
  if (field.kind === 'long') return <span className="pre">{String(value)}</span>;
  return <span className="clip">{String(value)}</span>;
}

/**
 * `done(undefined)` leaves the value as it was; an emptied field is cleared with null. A text that was refused is there to be mended, and is
 * not tried again until it is: only then, or when Enter insists.
 */
function FieldEditor(props: {
  field: FieldSpec;
  value: unknown;
  refused: string | undefined;
  done: (value: unknown) => void;
}) {
  const { field, value, refused, done } = props;
  const initial = value === null || value === undefined ? '' : String(value);
  const [draft, setDraft] = useState(refused ?? initial);
  // whoever went on to something else is not called back from there
  const [autoFocus] = useState(refused === undefined || document.activeElement === document.body);
  const keep = () => {
    const text = draft.trim();
    if (text === initial || (text === '' && field.required)) return done(undefined);
    done(text === '' ? null : text);
  };
  const leave = () => {
    if (draft.trim() !== refused) keep();
  };
  const status = refused !== undefined && draft.trim() === refused ? 'error' : '';
  const testId = `edit-${field.key}`;
  if (field.kind === 'choice')
    return (
      <Select
        autoFocus
        defaultOpen
        size="small"
        allowClear={!field.required}
        value={initial === '' ? undefined : initial}
        options={[...(field.options ?? [])]}
        showSearch={{ optionFilterProp: 'label' }}
        onChange={(next: string | undefined) => done(next ?? null)}
        onBlur={() => done(undefined)}
        style={{ width: '100%' }}
        data-testid={testId}
      />
    );
  if (field.kind === 'day')
    return (
      <DatePicker
        autoFocus
        defaultOpen
        size="small"
        allowClear={!field.required}
        value={initial === '' ? null : dayjs(initial)}
        onChange={(day) => done(day ? day.format('YYYY-MM-DD') : null)}
        onOpenChange={(open) => !open && done(undefined)}
        style={{ width: '100%' }}
        data-testid={testId}
      />
    );
  if (field.kind === 'money')
    return <MoneyInput autoFocus size="small" value={value as Money} done={(next) => done(next)} testId={testId} />;
  if (field.kind === 'long')
    return (
      <Input.TextArea
        autoFocus={autoFocus}
        autoSize={{ minRows: 2, maxRows: 10 }}
        value={draft}
        status={status}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={leave}
        onKeyDown={(event) => {
          if (event.key === 'Escape') done(undefined);
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) keepAndStay(event, keep);
        }}
        data-testid={testId}
      />
    );
  return (
    <Input
      autoFocus={autoFocus}
      size="small"
      type={field.kind === 'text' ? 'text' : field.kind}
      value={draft}
      status={status}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={leave}
      onKeyDown={(event) => {
        if (event.key === 'Escape') done(undefined);
        if (event.key === 'Enter' && !event.nativeEvent.isComposing) keepAndStay(event, keep);
      }}
      data-testid={testId}
    />
  );
}
