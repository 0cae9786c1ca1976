const common = ['CNY', 'USD', 'EUR', 'HKD', 'JPY', 'TWD', 'SGD', 'GBP'];

/** Currencies in use, those that are met most often first. */
export function currencyCodes(): string[] {
  const rest = Intl.supportedValuesOf('currency').filter((code) => !common.includes(code));
  return [...common, ...rest];
}

export function currencyName(code: string, locale: string): string {
  return new Intl.DisplayNames(locale, { type: 'currency' }).of(code) ?? code;
}

export function timeZones(): string[] {
  return Intl.supportedValuesOf('timeZone');
}

/** How far a zone is from UTC now, such as "GMT+8". */
export function zoneOffset(zone: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts();
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
}
