import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { asLocale } from '../i18n/i18n';
import { useStill } from '../platform/media';
import { Toasts } from '../ui/Toasts';
import { antdTheme, useLook } from './theme';

/** Our look and the user's language, for antd's parts and our own. */
export function AppTheme({ children }: { children: ReactNode }) {
  const look = useLook();
  const { i18n } = useTranslation();
  const english = asLocale(i18n.language) === 'en';
  const still = useStill();
  const theme = useMemo(() => antdTheme(look, still), [look, still]);
  dayjs.locale(english ? 'en' : 'zh-cn');
  return (
    <ConfigProvider
      theme={theme}
      locale={english ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
      virtual={true}
      componentSize="middle"
    >
      {children}
      <Toasts />
    </ConfigProvider>
  );
}
