import { Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Catalog, type FieldAccess, type FieldRight, fieldAccesses, narrower } from '../api/rights';
import { useFieldBooks, useLabel } from '../fields/fields';
import { isShown } from '../rights/verbs';
import { fieldName, sliceName } from '../rights/words';
import { effectiveOf, limit, mostOf } from './roleDraft';

interface Props {
  readonly catalog: Catalog;
  readonly fields: readonly FieldRight[];
  readonly onChange: (fields: FieldRight[]) => void;
}

/** Whose record it is decides who sees it, so the owner is never limited. */
const never: readonly string[] = ['ownerId'];

/** Which fields a role sees, slice by slice. */
export function RoleFields({ catalog, fields, onChange }: Props) {
  const { t } = useTranslation();
  const slices = catalog.slices.filter((each) => isShown(each.slice));
  const [chosen, setChosen] = useState(
    fields.find((each) => slices.some(({ slice }) => slice === each.slice))?.slice ?? slices[0]?.slice ?? '',
  );
  const { books } = useFieldBooks();
  const label = useLabel();
  const slice = slices.find((each) => each.slice === chosen);
  const own = books.find((each) => each.slice === chosen)?.fields ?? [];
  // the server's list of what there is to limit may be older than a field defined a moment ago
  const listed = [
    ...new Set([
      ...(slice?.fields ?? []).filter((field) => !never.includes(field) && !field.startsWith('custom')),
      ...(own.length > 0 ? ['custom'] : []),
      ...(slice?.fields ?? []).filter((field) => field.startsWith('custom.')),
      ...own.filter((field) => !field.retired).map((field) => `custom.${field.key}`),
    ]),
  ];
  // limits of what is no longer listed still hold, and must be seen to be lifted
  const further = fields
    .filter((each) => each.slice === chosen && !listed.includes(each.field))
    .map(({ field }) => field);
  const nameOf = (field: string) => {
    const custom = own.find((each) => field === `custom.${each.key}`);
    return custom ? label(custom.label) : field === 'custom' ? t('rights.roles.allCustom') : fieldName(field);
  };
  return (
    <div className="role-fields">
      <div className="role-fields-bar">
        <span className="soft">{t('rights.roles.fieldsOf')}</span>
        <Select
          value={chosen}
          options={slices.map((each) => {
            const count = fields.filter((field) => field.slice === each.slice).length;
            return {
              value: each.slice,
              label:
                count > 0
                  ? `${sliceName(each.slice)} · ${t('rights.roles.limited', { count })}`
                  : sliceName(each.slice),
            };
          })}
          onChange={setChosen}
          aria-label={t('rights.roles.fieldsOf')}
          style={{ minWidth: 200 }}
          data-testid="role-fields-slice"
        />
      </div>
      <p className="faint">{t('rights.roles.fieldsHint')}</p>
      <div className="field-rights">
        {[...listed, ...further].map((field) => (
          <div key={field} className="field-right" data-testid={`field-right-${field}`}>
            <span className="clip">
              {nameOf(field)}
              {field.startsWith('custom.') ? <span className="faint num"> {field.slice('custom.'.length)}</span> : null}
            </span>
            <Segmented<FieldAccess>
              size="small"
              value={effectiveOf(fields, chosen, field)}
              options={fieldAccesses.map((value) => ({
                value,
                disabled: narrower(value, mostOf(fields, chosen, field)) !== value,
                label: <span data-testid={`field-${field}-${value}`}>{t(`rights.fieldRights.${value}`)}</span>,
              }))}
              onChange={(right) => onChange(limit(fields, chosen, field, right))}
            />
          </div>
        ))}
      </div>
    </div>
  );
}
