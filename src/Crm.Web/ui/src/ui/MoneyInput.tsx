import { Input, Space } from 'antd';
import { useState } from 'react';
import type { Money } from '../api/types';
import { useFormat } from './format';
import { keepAndStay } from './keys';

/** A typed amount as an exact decimal string, or undefined if it is none. "1,234.5" and "12万" are understood. */
export function readAmount(text: string): string | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(万|亿|k|m)?$/i.exec(text.replace(/[,，\s¥$€]/g, ''));
  const number = match?.[1];
  if (number === undefined) return undefined;
  const unit = match?.[2]?.toLowerCase();
  const zeros = unit === '万' ? 4 : unit === '亿' ? 8 : unit === 'k' ? 3 : unit === 'm' ? 6 : 0;
  const [whole = '0', fraction = ''] = number.split('.');
  const padded = fraction.padEnd(zeros, '0');
  const shifted = `${whole}${padded.slice(0, zeros)}`.replace(/^0+(?=\d)/, '');
  const rest = padded.slice(zeros).replace(/0+$/, '');
  if (rest.length > 2 || shifted.length > 15) return undefined;
  return rest === '' ? shifted : `${shifted}.${rest.padEnd(2, '0')}`;
}

interface EditorProps {
  readonly value: Money | null | undefined;
  readonly done: (money: Money | undefined) => void;
  readonly autoFocus?: boolean;
  readonly size?: 'small' | 'middle';
  readonly testId?: string;
}

/** For editing in place: tells its result once. */
export function MoneyInput({ value, done, autoFocus, size, testId }: EditorProps) {
  const format = useFormat();
  const [draft, setDraft] = useState(value?.amount ?? '');
  const amount = readAmount(draft);
  const keep = () =>
    done(
      amount === undefined || amount === value?.amount
        ? undefined
        : { amount, currency: value?.currency ?? format.currency },
    );
  return (
    <Input
      autoFocus={autoFocus}
      size={size}
      value={draft}
      inputMode="decimal"
      suffix={value?.currency ?? format.currency}
      status={draft !== '' && amount === undefined ? 'error' : ''}
      onChange={(event) => setDraft(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === 'Escape') done(undefined);
        if (event.key === 'Enter') keepAndStay(event, keep);
      }}
      data-testid={testId}
    />
  );
}

/** For forms: holds the text being typed; read it with readAmount. */
export function AmountField(props: {
  id?: string;
  value?: string;
  onChange?: (text: string) => void;
  testId?: string;
  placeholder?: string;
}) {
  const format = useFormat();
  const amount = props.value ? readAmount(props.value) : undefined;
  return (
    <Space.Compact block>
      <Input
        id={props.id}
        value={props.value ?? ''}
        inputMode="decimal"
        placeholder={props.placeholder}
        suffix={amount === undefined ? format.currency : format.money({ amount, currency: format.currency })}
        onChange={(event) => props.onChange?.(event.target.value)}
        data-testid={props.testId}
      />
    </Space.Compact>
  );
}
