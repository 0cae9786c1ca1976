import { Link } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session } from '../api/crm';
import { useCommand } from '../api/useCommand';
import { recall } from '../platform/storage';
import { SessionFrame } from './SessionFrame';

export function SessionForgottenPage() {
  const { t } = useTranslation();
  const [sent, setSent] = useState(false);
  const ask = useCommand(session.forgotten, () => setSent(true));
  const back = (
    <div className="sign-in-more">
      <Link to="/sign-in">{t('session.back')}</Link>
    </div>
  );
  if (sent)
    return (
      <SessionFrame title={t('session.sentTitle')} lead={t('session.sentLead')}>
        <div data-testid="forgotten-sent">{back}</div>
      </SessionFrame>
    );
  return (
    <SessionFrame title={t('session.forgottenTitle')} lead={t('session.forgottenLead')}>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ login: recall<string>('login') ?? '' }}
        onFinish={({ login }: { login: string }) => ask.mutate(login.trim())}
      >
        <Form.Item
          name="login"
          label={t('session.login')}
          rules={[{ required: true, message: t('session.needLogin') }]}
        >
          <Input autoFocus autoComplete="username" size="large" data-testid="forgotten-login" />
        </Form.Item>
        <Button
          type="primary"
          htmlType="submit"
          size="large"
          block
          loading={ask.isPending}
          data-testid="forgotten-submit"
        >
          {t('session.forgottenSubmit')}
        </Button>
      </Form>
      {back}
    </SessionFrame>
  );
}
