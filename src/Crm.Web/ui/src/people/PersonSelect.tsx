import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Avatar } from '../ui/Avatar';
import { usePeople } from './people';

type Props = {
  autoFocus?: boolean;
  placeholder?: string;
  testId?: string;
  allowClear?: boolean;
  size?: 'small' | 'middle';
  variant?: 'outlined' | 'borderless' | 'filled';
  id?: string;
  /** Offers those who are deactivated too. */
  inactive?: boolean;
  /** Somebody who is no choice here. */
  without?: string | null;
} & (
  | { many: true; value: readonly string[]; onChange: (ids: string[]) => void }
  | { many?: false; value?: string | null; onChange?: (id: string | null) => void }
);

/** Chooses among the people of the tenant, as a rule the active ones. */
export function PersonSelect(props: Props) {
  const { t } = useTranslation();
  const people = usePeople();
  const options = people
    .filter((person) => (props.inactive || person.active !== false) && person.id !== props.without)
    .map((person) => ({ value: person.id, label: person.name, login: person.login }));
  const shared = {
    id: props.id,
    autoFocus: props.autoFocus,
    defaultOpen: props.autoFocus,
    placeholder: props.placeholder ?? t('people.choose'),
    options,
    size: props.size,
    variant: props.variant,
    showSearch: {
      filterOption: (text: string, option: { label: string; login: string } | undefined) =>
        `${option?.label} ${option?.login}`.toLowerCase().includes(text.toLowerCase()),
    },
    optionRender: (option: { label?: React.ReactNode; value?: string | number | null }) => (
      <span className="person">
        <Avatar id={String(option.value)} name={String(option.label)} size={18} />
        <span className="clip">{option.label}</span>
      </span>
    ),
    style: { width: '100%', minWidth: 130 },
    'aria-label': props.id === undefined ? (props.placeholder ?? t('people.choose')) : undefined,
    'data-testid': props.testId,
  };
  if (props.many)
    return (
      <Select<string[], { value: string; label: string; login: string }>
        {...shared}
        mode="multiple"
        value={[...props.value]}
        onChange={(ids) => props.onChange(ids)}
      />
    );
  return (
    <Select<string | null, { value: string; label: string; login: string }>
      {...shared}
      allowClear={props.allowClear ?? false}
      value={props.value ?? null}
      onChange={(id) => props.onChange?.(id ?? null)}
    />
  );
}
