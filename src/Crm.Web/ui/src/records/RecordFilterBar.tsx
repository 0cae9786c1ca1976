import { CloseOutlined, FilterOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, DatePicker, Dropdown, Input, InputNumber, Popover, Segmented, Select } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Condition, type FieldKind, isComplete, type Operator, operatorsOf } from '../api/filter';
import type { Slice } from '../api/types';
import { PersonSelect } from '../people/PersonSelect';
import { usePeople } from '../people/people';
import { useFormat } from '../ui/format';

export interface FilterField {
  readonly key: string;
  readonly label: string;
  readonly kind: FieldKind;
  /** Whether many records have the same text, so that lists are grouped by it. */
  readonly repeats?: boolean;
  /** Whose record it is. */
  readonly slice?: Slice;
  readonly options?: readonly { readonly value: string; readonly label: string }[];
}

interface Props {
  readonly fields: readonly FilterField[];
  readonly where: readonly Condition[];
  readonly any: boolean;
  readonly onChange: (where: readonly Condition[], any: boolean) => void;
}

/** Conditions as chips that are edited in place; a new one opens at once. */
export function RecordFilterBar({ fields, where, any, onChange }: Props) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(-1);
  // Enter keeps a value and closes its editor in one go: what is closed is judged by what was just kept, not by what is on the screen.
  const latest = useRef(where);
  useEffect(() => {
    latest.current = where;
  }, [where]);
  const change = (next: readonly Condition[], anyOf = any) => {
    latest.current = next;
    onChange(next, anyOf);
  };
  // a record is chosen by its group
  const filters = fields.filter((field) => field.kind !== 'record');
  const add = (field: FilterField) => {
    const op = operatorsOf[field.kind][0] ?? 'eq';
    const value = field.kind === 'flag' ? true : op === 'last' ? 7 : undefined;
    change([...where, value === undefined ? { field: field.key, op } : { field: field.key, op, value }]);
    setEditing(where.length);
  };

  return (
    <div className="filters" data-testid="filters">
      {where.map((condition, index) => {
        const field = fields.find((each) => each.key === condition.field);
        if (!field) return null;
        return (
          <FilterChip
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place.
            key={index}
            field={field}
            condition={condition}
            open={editing === index}
            onOpen={(open) => {
              setEditing(open ? index : -1);
              const now = latest.current[index];
              if (!open && now && !isComplete(now)) change(latest.current.toSpliced(index, 1));
            }}
            onChange={(next) => change(where.with(index, next))}
            onRemove={() => {
              setEditing(-1);
              change(where.toSpliced(index, 1));
            }}
          />
        );
      })}
      <Dropdown
        trigger={['click']}
        menu={{
          items: filters.map((field) => ({ key: field.key, label: field.label, onClick: () => add(field) })),
          style: { maxHeight: 360, overflow: 'auto' },
        }}
      >
        <Button
          type="text"
          size="small"
          icon={where.length === 0 ? <FilterOutlined /> : <PlusOutlined />}
          data-testid="filter-add"
        >
          {where.length === 0 ? t('list.filter') : t('list.addFilter')}
        </Button>
      </Dropdown>
      {where.length > 1 ? (
        <Segmented
          size="small"
          value={any ? 'any' : 'all'}
          options={[
            { value: 'all', label: t('list.all') },
            { value: 'any', label: t('list.any') },
          ]}
          onChange={(value) => change(where, value === 'any')}
        />
      ) : null}
      {where.length > 0 ? (
        <Button type="text" size="small" onClick={() => change([], false)} data-testid="filter-clear">
          {t('list.clear')}
        </Button>
      ) : null}
    </div>
  );
}

/** Below the chip, moved aside as far as a narrow screen asks for. */
const belowOnScreen = {
  bottomLeft: { points: ['tl', 'bl'], offset: [0, 4], overflow: { shiftX: true, adjustY: true } },
};

function FilterChip(props: {
  field: FilterField;
  condition: Condition;
  open: boolean;
  onOpen: (open: boolean) => void;
  onChange: (condition: Condition) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  const { field, condition } = props;
  const text = useConditionText(field, condition);
  return (
    <span className="filter-chip">
      <Popover
        open={props.open}
        onOpenChange={props.onOpen}
        trigger="click"
        placement="bottomLeft"
        builtinPlacements={belowOnScreen}
        arrow={false}
        destroyOnHidden
        content={
          <FilterEditor
            field={field}
            condition={condition}
            onChange={props.onChange}
            done={() => props.onOpen(false)}
          />
        }
      >
        <button type="button" className="filter-text" data-testid={`filter-${field.key}`}>
          <span>{field.label}</span>
          <em>{t(`operators.${wordOf(field.kind, condition.op)}`)}</em>
          {text === '' ? null : <strong>{text}</strong>}
        </button>
      </Popover>
      <button type="button" className="filter-remove" aria-label={t('list.removeFilter')} onClick={props.onRemove}>
        <CloseOutlined />
      </button>
    </span>
  );
}

/** Days come before and after one another; they are not larger or smaller. */
const ofTime: Partial<Record<Operator, 'since' | 'until' | 'before' | 'after'>> = {
  ge: 'since',
  le: 'until',
  lt: 'before',
  gt: 'after',
};
const wordOf = (kind: FieldKind, op: Operator) => (kind === 'day' || kind === 'instant' ? (ofTime[op] ?? op) : op);

function useConditionText(field: FilterField, condition: Condition): string {
  const { t } = useTranslation();
  const format = useFormat();
  const people = usePeople();
  if (condition.op === 'pr' || condition.op === 'np') return '';
  const { value } = condition;
  if (value === undefined || value === '') return '…';
  if (condition.op === 'last') return t('list.days', { count: Number(value) });
  if (condition.op === 'month') return format.month(String(value));
  if (field.kind === 'flag') return value === true ? t('common.yes') : t('common.no');
  if (field.kind === 'day' || field.kind === 'instant') return format.day(String(value));
  const many: readonly (string | number | boolean)[] = Array.isArray(value)
    ? value
    : [value as string | number | boolean];
  return many
    .map((each) => {
      if (field.kind === 'person') return people.find((person) => person.id === each)?.name ?? t('people.unknown');
      return field.options?.find((option) => option.value === each)?.label ?? String(each);
    })
    .join(t('list.or'));
}

function FilterEditor(props: {
  field: FilterField;
  condition: Condition;
  onChange: (condition: Condition) => void;
  done: () => void;
}) {
  const { t } = useTranslation();
  const { field, condition } = props;
  const setOp = (op: Operator) => {
    const same = (op === 'in') === (condition.op === 'in') && (op === 'last') === (condition.op === 'last');
    const keep = same && op !== 'pr' && op !== 'np' && condition.value !== undefined;
    props.onChange(
      keep
        ? { field: field.key, op, value: condition.value }
        : op === 'last'
          ? { field: field.key, op, value: 7 }
          : { field: field.key, op },
    );
  };
  return (
    <div className="filter-editor">
      <Segmented
        size="small"
        value={condition.op}
        options={operatorsOf[field.kind].map((op) => ({ value: op, label: t(`operators.${wordOf(field.kind, op)}`) }))}
        onChange={setOp}
      />
      <FilterValue
        field={field}
        condition={condition}
        onChange={(value) => props.onChange({ field: field.key, op: condition.op, value })}
        done={props.done}
      />
    </div>
  );
}

function FilterValue(props: {
  field: FilterField;
  condition: Condition;
  onChange: (value: Exclude<Condition['value'], undefined>) => void;
  done: () => void;
}) {
  const { t } = useTranslation();
  const { field, condition, onChange } = props;
  const { op, value } = condition;
  const wide = { width: '100%' };
  if (op === 'pr' || op === 'np') return null;
  if (op === 'last')
    return (
      <InputNumber
        autoFocus
        data-testid="filter-value"
        min={0}
        max={3650}
        value={Number(value ?? 7)}
        suffix={t('list.daysUnit')}
        onChange={(days) => onChange(days ?? 7)}
        onPressEnter={props.done}
        style={wide}
      />
    );
  if (field.kind === 'funnel-month' || op === 'month')
    return (
      <DatePicker
        data-testid="filter-value"
        picker="month"
        allowClear={false}
        value={value ? dayjs(`${String(value)}-01`) : null}
        onChange={(month) => month && onChange(month.format('YYYY-MM'))}
        style={wide}
      />
    );
  if (field.kind === 'person')
    return (
      <PersonSelect
        many
        autoFocus
        testId="filter-value"
        value={(value as readonly string[] | undefined) ?? []}
        onChange={onChange}
      />
    );
  if (field.kind === 'choice' && op === 'in')
    return (
      <Select
        autoFocus
        data-testid="filter-value"
        mode="multiple"
        defaultOpen
        options={[...(field.options ?? [])]}
        value={[...((value as readonly string[] | undefined) ?? [])]}
        onChange={(many: string[]) => onChange(many)}
        style={wide}
        optionFilterProp="label"
      />
    );
  if (field.kind === 'choice')
    return (
      <Select
        autoFocus
        data-testid="filter-value"
        defaultOpen
        options={[...(field.options ?? [])]}
        value={value as string | undefined}
        onChange={onChange}
        style={wide}
        showSearch
        optionFilterProp="label"
      />
    );
  if (field.kind === 'flag')
    return (
      <Segmented
        data-testid="filter-value"
        value={value === false ? 'no' : 'yes'}
        options={[
          { value: 'yes', label: t('common.yes') },
          { value: 'no', label: t('common.no') },
        ]}
        onChange={(yes) => onChange(yes === 'yes')}
      />
    );
  if (field.kind === 'day' || field.kind === 'instant')
    return (
      <DatePicker
        data-testid="filter-value"
        allowClear={false}
        value={value ? dayjs(String(value)) : null}
        onChange={(day) => day && onChange(day.format('YYYY-MM-DD'))}
        style={wide}
      />
    );
  if (field.kind === 'number')
    return (
      <InputNumber
        autoFocus
        data-testid="filter-value"
        value={value as number | undefined}
        onChange={(number) => number !== null && onChange(number)}
        onPressEnter={props.done}
        style={wide}
      />
    );
  return <DraftInput value={String(value ?? '')} onChange={onChange} done={props.done} />;
}

/** Keeps what is being typed to itself until Enter or leaving, so that not every letter is a query. */
function DraftInput({ value, onChange, done }: { value: string; onChange: (text: string) => void; done: () => void }) {
  const [draft, setDraft] = useState(value);
  const keep = () => draft !== value && onChange(draft);
  return (
    <Input
      autoFocus
      value={draft}
      data-testid="filter-value"
      onChange={(event) => setDraft(event.target.value)}
      onBlur={keep}
      onPressEnter={() => {
        keep();
        if (draft !== '') done();
      }}
    />
  );
}
