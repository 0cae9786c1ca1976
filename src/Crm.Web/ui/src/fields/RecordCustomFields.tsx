import './fields.css';
import { EditOutlined, RightOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Custom, CustomField, Slice } from '../api/types';
import { usePlace } from '../app/places';
import type { Amend } from '../records/RecordFields';
import { useRights } from '../rights/useRights';
import { Panel } from '../ui/Bits';
import { CustomEditor, CustomValue } from './CustomValue';
import { isReadable, useCustomFields, useLabel } from './fields';

/** The tenant's own fields of a record, edited where they stand. */
export function RecordCustomFields({ slice, custom, amend }: { slice: Slice; custom: Custom | null; amend: Amend }) {
  const { t } = useTranslation();
  const rights = useRights();
  const label = useLabel();
  const mayAmend = rights.may(slice, 'amend');
  const fields = useCustomFields(slice).filter((field) => rights.shows(slice, `custom.${field.key}`));
  const defines = usePlace('fields');
  // whoever cannot define any has no use for an empty panel
  if (fields.length === 0)
    return defines ? (
      <Panel title={t('record.custom')}>
        <Link to="/settings/fields" className="more">
          {t('fieldBooks.noneYet')} <RightOutlined />
        </Link>
      </Panel>
    ) : null;
  return (
    <Panel title={t('record.custom')}>
      <dl className="fields">
        {fields.map((field) => (
          <div key={field.key} className="field">
            <dt>{label(field.label)}</dt>
            <dd data-testid={`custom-value-${field.key}`}>
              {mayAmend && field.type !== 'formula' && rights.edits(slice, `custom.${field.key}`) ? (
                <Editable
                  field={field}
                  value={custom?.[field.key]}
                  save={(value, from) => amend({ custom: { [field.key]: value } }, { custom: { [field.key]: from } })}
                />
              ) : (
                <CustomValue field={field} value={custom?.[field.key]} />
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

interface Typed {
  readonly value: unknown;
  /** What was there when typing began. */
  readonly from: unknown;
}

/** What is chosen in one go is kept at once, as with any other field. */
const chosen: ReadonlySet<CustomField['type']> = new Set(['choice', 'date', 'person'] as const);

/** Whatever was refused stays in the editor, to be mended. */
function Editable(props: {
  field: CustomField;
  value: unknown;
  save: (value: unknown, from: unknown) => Promise<boolean>;
}) {
  const { t } = useTranslation();
  const label = useLabel();
  const { field, value } = props;
  const [typed, setTyped] = useState<Typed>();
  const isLink = field.type === 'link' && Boolean(value);
  if (!typed) {
    const editing = (
      <button
        type="button"
        className={isLink ? 'field-value link-edit' : 'field-value'}
        data-testid={`field-custom-${field.key}`}
        title={t('record.edit', { field: label(field.label) })}
        aria-label={isLink ? t('record.edit', { field: label(field.label) }) : undefined}
        onClick={() => setTyped({ value, from: value })}
      >
        {isLink ? <EditOutlined /> : <CustomValue field={field} value={value} />}
      </button>
    );
    return isLink ? (
      <span className="link-value">
        <CustomValue field={field} value={value} />
        {editing}
      </span>
    ) : (
      editing
    );
  }
  const readable = isReadable(field, typed.value);
  const keep = async (wanted: unknown) => {
    if (!readable) return;
    const next = wanted === undefined || wanted === '' ? null : wanted;
    setTyped(undefined);
    if (JSON.stringify(next) !== JSON.stringify(typed.from ?? null) && !(await props.save(next, typed.from)))
      setTyped((since) => since ?? { ...typed, value: wanted });
  };
  const isChosen = chosen.has(field.type);
  return (
    <form
      className="custom-edit"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void keep(typed.value);
      }}
      onKeyDown={(event) => event.key === 'Escape' && setTyped(undefined)}
    >
      <CustomEditor
        field={field}
        value={typed.value}
        onChange={(next) => (isChosen ? void keep(next) : setTyped({ ...typed, value: next }))}
        testId={`edit-custom-${field.key}`}
        autoFocus
      />
      <span className="row-tight">
        {isChosen ? null : (
          <Button
            size="small"
            type="primary"
            htmlType="submit"
            disabled={!readable}
            data-testid={`keep-custom-${field.key}`}
          >
            {t('common.save')}
          </Button>
        )}
        <Button size="small" type="text" onClick={() => setTyped(undefined)}>
          {t('common.cancel')}
        </Button>
      </span>
    </form>
  );
}
