import dayjs from 'dayjs';
import timezone from 'dayjs/plugin/timezone';
import utc from 'dayjs/plugin/utc';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '../session/session';

dayjs.extend(utc);
dayjs.extend(timezone);

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** An amount that the role does not show. */
const none = '—';

/** Everything that is written differently per language, currency and time zone. Amounts are formatted from their decimal string. */
export function formatters(locale: string, timeZone: string, tenantCurrency: string) {
  const currencies = new Map<string, Intl.NumberFormat>();
  const cached = (key: string, make: () => Intl.NumberFormat): Intl.NumberFormat => {
    let known = currencies.get(key);
    if (!known) {
      known = make();
      currencies.set(key, known);
    }
    return known;
  };
  const instantFormat = new Intl.DateTimeFormat(locale, {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const shortInstant = new Intl.DateTimeFormat(locale, {
    timeZone,
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const dayFormat = new Intl.DateTimeFormat(locale, {
    timeZone: 'UTC',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
  });
  const monthFormat = new Intl.DateTimeFormat(locale, { timeZone: 'UTC', year: 'numeric', month: 'long' });
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  const number = new Intl.NumberFormat(locale);

  return {
    locale,
    timeZone,
    currency: tenantCurrency,
    number: (value: number) => number.format(value),
    /** A size as people say it: "12.3 MB". */
    bytes: (value: number): string => {
      const unit = value < 1_024 ? 'B' : value < 1_024 ** 2 ? 'KB' : value < 1_024 ** 3 ? 'MB' : 'GB';
      const size = value / { B: 1, KB: 1_024, MB: 1_024 ** 2, GB: 1_024 ** 3 }[unit];
      return `${new Intl.NumberFormat(locale, { maximumFractionDigits: size < 10 && unit !== 'B' ? 1 : 0 }).format(size)} ${unit}`;
    },
    /** Exact, with the fraction only where there is one. */
    money: (money: { amount: string | null; currency: string } | null | undefined): string => {
      if (!money || money.amount === null) return none;
      return cached(
        `m${money.currency}`,
        () =>
          new Intl.NumberFormat(locale, {
            style: 'currency',
            currency: money.currency,
            currencyDisplay: 'narrowSymbol',
            trailingZeroDisplay: 'stripIfInteger',
          }),
      ).format(money.amount as `${number}`);
    },
    /** For headers and charts: 260万, 2.6M. */
    moneyShort: (amount: string | number | null, currency = tenantCurrency): string => {
      if (amount === null) return none;
      return cached(
        `s${currency}`,
        () =>
          new Intl.NumberFormat(locale, {
            style: 'currency',
            currency,
            currencyDisplay: 'narrowSymbol',
            notation: 'compact',
            maximumFractionDigits: 2,
            minimumFractionDigits: 0,
          }),
      ).format(amount as `${number}`);
    },
    instant: (iso: string): string => instantFormat.format(new Date(iso)),
    instantShort: (iso: string): string => shortInstant.format(new Date(iso)),
    day: (text: string): string => dayFormat.format(new Date(`${text.slice(0, 10)}T00:00:00Z`)),
    month: (text: string): string => monthFormat.format(new Date(`${text}-01T00:00:00Z`)),
    /** "3 min. ago", "in 2 hr." */
    ago: (iso: string, now: number): string => {
      const distance = Date.parse(iso) - now;
      const size = Math.abs(distance);
      if (size < minute) return relative.format(0, 'second');
      if (size < hour) return relative.format(Math.round(distance / minute), 'minute');
      if (size < day) return relative.format(Math.round(distance / hour), 'hour');
      if (size < 30 * day) return relative.format(Math.round(distance / day), 'day');
      return relative.format(Math.round(distance / (30 * day)), 'month');
    },
    /** The tenant's wall clock at an instant, for a date field. */
    wall: (iso: string | number) => dayjs(dayjs(iso).tz(timeZone).format('YYYY-MM-DDTHH:mm:ss')),
    /** The instant at which the tenant's wall clock shows this. */
    fromWall: (wall: dayjs.Dayjs): string => dayjs.tz(wall.format('YYYY-MM-DDTHH:mm:ss'), timeZone).toISOString(),
    today: (now: number): string => dayjs(now).tz(timeZone).format('YYYY-MM-DD'),
  };
}

export type Formatters = ReturnType<typeof formatters>;

export function useFormat(): Formatters {
  const { i18n } = useTranslation();
  const { tenant } = useMe();
  return useMemo(
    () => formatters(i18n.language, tenant.timeZone, tenant.currency),
    [i18n.language, tenant.timeZone, tenant.currency],
  );
}

/** Decimal string → minor units (cents), exactly. Anything beyond two places is cut: the server never sends more. */
export function toCents(amount: string | null | undefined): number {
  const match = /^(-?)(\d+)(?:\.(\d{1,2})\d*)?$/.exec(amount?.trim() ?? '');
  if (!match) return 0;
  const cents = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] === '-' ? -cents : cents;
}

/** Minor units → decimal string with two places. */
export function fromCents(cents: number): string {
  const size = Math.abs(Math.round(cents));
  return `${cents < 0 ? '-' : ''}${Math.floor(size / 100)}.${String(size % 100).padStart(2, '0')}`;
}
