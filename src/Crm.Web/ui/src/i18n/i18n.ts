import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { recall, remember } from '../platform/storage';
import { en } from './en';
import { zhCN } from './zh-CN';

export const locales = ['zh-CN', 'en'] as const;
export type Locale = (typeof locales)[number];

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof zhCN };
  }
}

export const asLocale = (value: string | null | undefined): Locale => (value?.startsWith('en') ? 'en' : 'zh-CN');

const first = asLocale(recall<string>('locale') ?? 'zh-CN');
document.documentElement.lang = first;

void i18next.use(initReactI18next).init({
  lng: first,
  fallbackLng: 'zh-CN',
  resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
  interpolation: { escapeValue: false },
  returnNull: false,
});

/** Speaks another language from now on, here and on the next visit. */
export function speak(locale: Locale): void {
  remember('locale', locale);
  document.documentElement.lang = locale;
  void i18next.changeLanguage(locale);
}

export { i18next };
