import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { records } from '../api/crm';
import { useSettled } from '../app/useSearch';

interface Props {
  readonly id?: string;
  readonly value?: string | null;
  readonly onChange?: (id: string | null, name?: string) => void;
  readonly placeholder?: string;
  readonly initialText?: string;
  readonly testId?: string;
  readonly autoFocus?: boolean;
}

/** Finds a customer by any part of its name or number. */
export function CustomerSelect(props: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState(props.initialText ?? '');
  const q = useSettled(text.trim(), 200);
  const found = useQuery({
    queryKey: ['customer-select', q],
    queryFn: ({ signal }) =>
      records.list('customers', { q: q || undefined, limit: 20, sort: q ? undefined : '-updatedAt' }, signal),
    staleTime: 10_000,
  });
  const chosen = useQuery({
    queryKey: ['record', 'customers', props.value ?? ''],
    queryFn: () => records.get('customers', props.value ?? ''),
    enabled: Boolean(props.value),
  });
  const options = (found.data?.items ?? []).map((customer) => ({ value: customer.id, label: customer.name }));
  if (chosen.data && !options.some((option) => option.value === chosen.data.id))
    options.unshift({ value: chosen.data.id, label: chosen.data.name });
  return (
    <Select<string | null>
      id={props.id}
      autoFocus={props.autoFocus}
      showSearch={{ filterOption: false, onSearch: setText }}
      allowClear
      value={props.value ?? null}
      placeholder={props.placeholder ?? t('customers.choose')}
      options={options}
      loading={found.isFetching}
      notFoundContent={q === '' ? null : t('customers.noneFound')}
      onChange={(id) => props.onChange?.(id ?? null, options.find((option) => option.value === id)?.label)}
      style={{ width: '100%' }}
      data-testid={props.testId}
    />
  );
}
