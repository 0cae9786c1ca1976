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
  currency?: string;
  size?: 'small' | 'middle';
  autoFocus?: boolean;
}) {
  const format = useFormat();
  const amount = props.value ? readAmount(props.value) : undefined;
  const currency = props.currency ?? format.currency;
  return (
    <Space.Compact block>
      <Input
        id={props.id}
        size={props.size}
        autoFocus={props.autoFocus}
        value={props.value ?? ''}
        status={props.value?.trim() && amount === undefined ? 'error' : ''}
        inputMode="decimal"
        placeholder={props.placeholder}
        suffix={amount === undefined ? currency : format.money({ amount, currency })}
        onChange={(event) => props.onChange?.(event.target.value)}
        data-testid={props.testId}
      />
    </Space.Compact>
  );
}

/** For forms whose value is the money itself, nothing, or a text that is no amount (yet). */
export function MoneyField(props: {
  id?: string;
  value?: Money | string | null;
  onChange?: (value: Money | string | null) => void;
  testId?: string;
  size?: 'small' | 'middle';
  autoFocus?: boolean;
}) {
  const format = useFormat();
  const { value, onChange, ...rest } = props;
  // known from the money there was: while a text is being typed there is none
  const [currency] = useState(typeof value === 'object' ? value?.currency : undefined);
  // what is typed stays as it is typed: "12" on the way to "12万" is an amount too
  const [draft, setDraft] = useState(typeof value === 'object' ? (value?.amount ?? '') : (value ?? ''));
  return (
    <AmountField
      {...rest}
      {...(currency === undefined ? {} : { currency })}
      value={draft}
      onChange={(text) => {
        setDraft(text);
        const amount = readAmount(text);
        onChange?.(
          text.trim() === '' ? null : amount === undefined ? text : { amount, currency: currency ?? format.currency },
        );
      }}
    />
  );
}
