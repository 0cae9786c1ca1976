import { useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { explain } from '../api/explain';
import { Brand } from '../app/AppBrand';
import { LanguageSwitch, LookSwitch } from '../app/AppSwitches';
import { asLocale } from '../i18n/i18n';
import { recall, remember } from '../platform/storage';
import { signIn } from './session';

interface Fields {
  login: string;
  password: string;
}

export function SessionSignInPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { next } = useSearch({ from: '/sign-in' });
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);

  const submit = async ({ login, password }: Fields) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await signIn(login.trim(), password, asLocale(i18n.language));
      remember('login', login.trim());
      await navigate({ to: next?.startsWith('/') && !next.startsWith('//') ? next : '/', replace: true });
    } catch (error) {
      setRefusal(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <div className="sign-in-top">
        <Brand />
        <span className="grow" />
        <LookSwitch />
        <LanguageSwitch />
      </div>
      <div className="sign-in-card">
        <h1>{t('session.title')}</h1>
        <p>{t('session.lead')}</p>
        <Form<Fields>
          layout="vertical"
          requiredMark={false}
          initialValues={{ login: recall<string>('login') ?? '' }}
          onFinish={submit}
        >
          <Form.Item
            name="login"
            label={t('session.login')}
            rules={[{ required: true, message: t('session.needLogin') }]}
          >
            <Input autoFocus autoComplete="username" size="large" data-testid="sign-in-login" />
          </Form.Item>
          <Form.Item
            name="password"
            label={t('session.password')}
            rules={[{ required: true, message: t('session.needPassword') }]}
          >
            <Input.Password autoComplete="current-password" size="large" data-testid="sign-in-password" />
          </Form.Item>
          {refusal ? (
            <div className="notice notice-bad" role="alert" data-testid="sign-in-error">
              {refusal}
            </div>
          ) : null}
          <Button type="primary" htmlType="submit" size="large" block loading={busy} data-testid="sign-in-submit">
            {t('session.submit')}
          </Button>
        </Form>
      </div>
      <p className="sign-in-foot">{t('session.foot')}</p>
    </main>
  );
}
