import { MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { asLocale } from '../i18n/i18n';
import { setLocale } from '../session/session';
import { setLook, useLook } from './theme';

export function LanguageSwitch() {
  const { t, i18n } = useTranslation();
  const other = asLocale(i18n.language) === 'en' ? 'zh-CN' : 'en';
  return (
    <Tooltip title={t('shell.language')}>
      <Button
        type="text"
        className="lang"
        data-testid="lang-switch"
        data-locale={asLocale(i18n.language)}
        onClick={() => void setLocale(other)}
      >
        {t('shell.otherLanguage')}
      </Button>
    </Tooltip>
  );
}

export function LookSwitch() {
  const { t } = useTranslation();
  const look = useLook();
  return (
    <Tooltip title={look === 'dark' ? t('shell.light') : t('shell.dark')}>
      <Button
        type="text"
        data-testid="theme-switch"
        aria-label={look === 'dark' ? t('shell.light') : t('shell.dark')}
        icon={look === 'dark' ? <SunOutlined /> : <MoonOutlined />}
        onClick={() => setLook(look === 'dark' ? 'light' : 'dark')}
      />
    </Tooltip>
  );
}
