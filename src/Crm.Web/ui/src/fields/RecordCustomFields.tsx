import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Custom, CustomField, Slice } from '../api/types';
import type { Amend } from '../records/RecordFields';
import { useRights } from '../rights/useRights';
import { CustomEditor, CustomValue } from './CustomValue';
import { useCustomFields, useLabel } from './fields';

/** The tenant's own fields of a record, edited where they stand. */
export function RecordCustomFields({ slice, custom, amend }: { slice: Slice; custom: Custom | null; amend: Amend }) {
  const { t } = useTranslation();
  const rights = useRights();
  const label = useLabel();
  const mayAmend = rights.may(slice, 'amend');
  const fields = useCustomFields(slice).filter((field) => rights.shows(slice, `custom.${field.key}`));
  if (fields.length === 0) return <p className="faint">{t('fieldBooks.noneYet')}</p>;
  return (
    <dl className="fields">
      {fields.map((field) => (
        <div key={field.key} className="field">
          <dt>{label(field.label)}</dt>
          <dd data-testid={`custom-value-${field.key}`}>
            {mayAmend && field.type !== 'formula' && rights.edits(slice, `custom.${field.key}`) ? (
              <Editable
                field={field}
                value={custom?.[field.key]}
                save={(value) => void amend({ custom: { [field.key]: value } })}
              />
            ) : (
              <CustomValue field={field} value={custom?.[field.key]} />
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Editable({ field, value, save }: { field: CustomField; value: unknown; save: (value: unknown) => void }) {
  const { t } = useTranslation();
  const label = useLabel();
  const [draft, setDraft] = useState<{ readonly value: unknown }>();
  if (!draft)
    return (
      <span className="row-tight">
        <button
          type="button"
          className="field-value"
          data-testid={`field-custom-${field.key}`}
          title={t('record.edit', { field: label(field.label) })}
          onClick={() => setDraft({ value })}
        >
          {field.type === 'link' && value ? (
            t('record.edit', { field: label(field.label) })
          ) : (
            <CustomValue field={field} value={value} />
          )}
        </button>
        {field.type === 'link' && value ? <CustomValue field={field} value={value} /> : null}
      </span>
    );
  const keep = () => {
    const next = draft.value === undefined || draft.value === '' ? null : draft.value;
    setDraft(undefined);
    if (JSON.stringify(next) !== JSON.stringify(value ?? null)) save(next);
  };
  return (
    <form
      className="field-add"
      onSubmit={(event) => {
        event.preventDefault();
        keep();
      }}
      onKeyDown={(event) => event.key === 'Escape' && setDraft(undefined)}
    >
      <CustomEditor
        field={field}
        value={draft.value}
        onChange={(next) => setDraft({ value: next })}
        testId={`edit-custom-${field.key}`}
      />
      <Button size="small" type="primary" htmlType="submit" data-testid={`keep-custom-${field.key}`}>
        {t('common.save')}
      </Button>
    </form>
  );
}
