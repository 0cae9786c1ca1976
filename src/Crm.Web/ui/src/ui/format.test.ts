import { describe, expect, it } from 'vitest';
import { formatters, fromCents, toCents } from './format';
import { readAmount } from './MoneyInput';

describe('money', () => {
  it('turns decimal strings into cents and back without a binary fraction', () => {
    for (const amount of ['0.00', '0.07', '1234.50', '4503599627370.49', '-12.30'])
      expect(fromCents(toCents(amount))).toBe(amount);
    expect(toCents('1')).toBe(100);
    expect(toCents('nonsense')).toBe(0);
  });

  it('understands what people type', () => {
    expect(readAmount('1,234.5')).toBe('1234.50');
    expect(readAmount('12万')).toBe('120000');
    expect(readAmount('1.25万')).toBe('12500');
    expect(readAmount('¥ 2亿')).toBe('200000000');
    expect(readAmount('1.5m')).toBe('1500000');
    expect(readAmount('007')).toBe('7');
    expect(readAmount('12.345')).toBeUndefined();
    expect(readAmount('-5')).toBeUndefined();
    expect(readAmount('')).toBeUndefined();
  });

  it('understands amounts below zero where there may be such', () => {
    expect(readAmount('-1,234.5', true)).toBe('-1234.50');
    expect(readAmount('−12万', true)).toBe('-120000');
    expect(readAmount('(300)', true)).toBe('-300');
    expect(readAmount('-0', true)).toBe('0');
    expect(readAmount('--5', true)).toBeUndefined();
    expect(readAmount('-', true)).toBeUndefined();
  });

  it('shows 万 in Chinese and M in English', () => {
    expect(formatters('zh-CN', 'Asia/Shanghai', 'CNY').moneyShort('2600000.00')).toContain('260万');
    expect(formatters('en', 'Asia/Shanghai', 'CNY').moneyShort('2600000.00')).toContain('2.6M');
  });
});

describe('time', () => {
  const format = formatters('zh-CN', 'Asia/Shanghai', 'CNY');

  it('follows the tenant’s clock, whatever zone the browser is in', () => {
    expect(format.today(Date.parse('2026-11-21T16:30:00Z'))).toBe('2026-11-22');
    expect(format.fromWall(format.wall('2026-11-21T08:30:00.000Z'))).toBe('2026-11-21T08:30:00.000Z');
  });
});
