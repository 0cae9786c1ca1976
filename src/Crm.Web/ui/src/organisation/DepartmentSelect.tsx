import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { isWithin } from './tree';
import { useDepartments } from './useDepartments';

interface Props {
  readonly id?: string;
  readonly value?: string | null;
  readonly onChange?: (id: string | null) => void;
  readonly placeholder?: string;
  /** A department that is no choice, nor is any below it. */
  readonly notWithin?: string;
  readonly size?: 'small' | 'middle';
  readonly testId?: string;
}

/** Chooses among the open departments. */
export function DepartmentSelect(props: Props) {
  const { t } = useTranslation();
  const { all, options } = useDepartments();
  const { notWithin } = props;
  const placeholder = props.placeholder ?? t('rights.share.chooseDepartment');
  return (
    <Select<string | null>
      id={props.id}
      size={props.size}
      allowClear
      value={props.value ?? null}
      options={notWithin === undefined ? options : options.filter(({ value }) => !isWithin(all, value, notWithin))}
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={placeholder}
      aria-label={props.id === undefined ? placeholder : undefined}
      onChange={(id) => props.onChange?.(id ?? null)}
      style={{ width: '100%', minWidth: 130 }}
      data-testid={props.testId}
    />
  );
}
