import { PlusOutlined } from '@ant-design/icons';
import { Button, Input, Segmented, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Catalog, type FieldAccess, type FieldRight, fieldAccesses } from '../api/rights';
import { useFieldText } from '../records/fieldText';
import { isShown } from '../rights/verbs';
import { fieldName, sliceName } from '../rights/words';
import { accessOf, limit } from './roleDraft';

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
  const [custom, setCustom] = useState('');
  const { label } = useFieldText();
  const slice = slices.find((each) => each.slice === chosen);
  const known = slice?.fields.filter((field) => !never.includes(field)) ?? [];
  const further = fields
    .filter((each) => each.slice === chosen && !known.includes(each.field))
    .map(({ field }) => field);
  const add = () => {
    const name = custom.trim().replace(/^custom\./, '');
    if (name !== '') onChange(limit(fields, chosen, `custom.${name}`, 'hidden'));
    setCustom('');
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
        {[...known, ...further].map((field) => (
          <div key={field} className="field-right" data-testid={`field-right-${field}`}>
            <span className="clip">{field.startsWith('custom.') ? label(field) : fieldName(field)}</span>
            <Segmented<FieldAccess>
              size="small"
              value={accessOf(fields, chosen, field)}
              options={fieldAccesses.map((value) => ({
                value,
                label: <span data-testid={`field-${field}-${value}`}>{t(`rights.fieldRights.${value}`)}</span>,
              }))}
              onChange={(right) => onChange(limit(fields, chosen, field, right))}
            />
          </div>
        ))}
      </div>
      {slice?.fields.includes('custom') ? (
        <div className="role-custom">
          <Input
            size="small"
            value={custom}
            placeholder={t('rights.roles.customField')}
            aria-label={t('rights.roles.customField')}
            onChange={(event) => setCustom(event.target.value)}
            onPressEnter={add}
            data-testid="role-custom-field"
          />
          <Button size="small" icon={<PlusOutlined />} disabled={custom.trim() === ''} onClick={add}>
            {t('rights.roles.addCustom')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
