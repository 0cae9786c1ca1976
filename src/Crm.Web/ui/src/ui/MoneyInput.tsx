import { Input, Space } from 'antd';
import { useState } from 'react';
import type { Money } from '../api/types';
import { useFormat } from './format';
import { keepAndStay } from './keys';

/**
 * A typed amount as an exact decimal string, or undefined if it is none. "1,234.5" and "12万" are understood.
 * @param signed Whether it may be below zero, written -5, −5 or (5).
 */
export function readAmount(text: string, signed = false): string | undefined {
  const plain = text.replace(/[,，\s¥$€]/g, '').replace(/^[(（](.+)[)）]$/, '-$1');
  const match = /^([-−]?)(\d+(?:\.\d+)?)(万|亿|k|m)?$/i.exec(plain);
  const number = match?.[2];
  if (number === undefined || (match?.[1] !== '' && !signed)) return undefined;
  const unit = match?.[3]?.toLowerCase();
  const zeros = unit === '万' ? 4 : unit === '亿' ? 8 : unit === 'k' ? 3 : unit === 'm' ? 6 : 0;
  const [whole = '0', fraction = ''] = number.split('.');
  const padded = fraction.padEnd(zeros, '0');
  const shifted = `${whole}${padded.slice(0, zeros)}`.replace(/^0+(?=\d)/, '');
  const rest = padded.slice(zeros).replace(/0+$/, '');
  if (rest.length > 2 || shifted.length > 15) return undefined;
  const size = rest === '' ? shifted : `${shifted}.${rest.padEnd(2, '0')}`;
  return match?.[1] !== '' && /[1-9]/.test(size) ? `-${size}` : size;
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
  signed?: boolean;
}) {
  const format = useFormat();
  const amount = props.value ? readAmount(props.value, props.signed) : undefined;
  const currency = props.currency ?? format.currency;
  return (
    <Space.Compact block>
      <Input
        id={props.id}
        size={props.size}
        autoFocus={props.autoFocus}
        value={props.value ?? ''}
        status={props.value?.trim() && amount === undefined ? 'error' : ''}
        // a phone's keys for decimals have no minus
        inputMode={props.signed ? 'text' : 'decimal'}
        placeholder={props.placeholder}
        suffix={amount === undefined ? currency : format.money({ amount, currency })}
        onChange={(event) => props.onChange?.(event.target.value)}
        data-testid={props.testId}
      />
    </Space.Compact>
  );
}

/** For forms whose value is the money itself, above or below zero, nothing, or a text that is no amount (yet). */
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
      signed
      value={draft}
      onChange={(text) => {
        setDraft(text);
        const amount = readAmount(text, true);
        onChange?.(
          text.trim() === '' ? null : amount === undefined ? text : { amount, currency: currency ?? format.currency },
        );
      }}
    />
  );
}
