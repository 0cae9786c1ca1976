import { BankOutlined, KeyOutlined } from '@ant-design/icons';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { Button, Divider, Form, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session } from '../api/crm';
import { explain } from '../api/explain';
import { Problem } from '../api/problem';
import type { Session } from '../api/types';
import { asLocale } from '../i18n/i18n';
import { leaveFor } from '../platform/leave';
import { recall, remember } from '../platform/storage';
import { askPasskey, hasPasskeys } from './passkeys';
import { SessionFrame, SessionRefusal } from './SessionFrame';
import { enter } from './session';

const companyProblems = ['company-state', 'company-refused', 'company-not-linked'] as const;
type Step = 'password' | 'code' | 'company';

export function SessionSignInPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const { next, problem, company } = useSearch({ from: '/sign-in' });
  const [step, setStep] = useState<Step>(company ? 'company' : 'password');
  const [ticket, setTicket] = useState('');
  const known = companyProblems.find((code) => code === problem);
  const [refusal, setRefusal] = useState(known ? t(`session.problem.${known}`) : undefined);
  const [busy, setBusy] = useState(false);

  const target = next?.startsWith('/') && !next.startsWith('//') ? next : '/';
  const done = async (me: Session) => {
    await enter(me, asLocale(i18n.language));
    await navigate({ to: target, replace: true });
  };
  const attempt = async (run: () => Promise<void>, failed?: string) => {
    setBusy(true);
    setRefusal(undefined);
    try {
      await run();
    } catch (error) {
      setRefusal(failed && error instanceof Problem && error.code === 'sign-in-failed' ? failed : explain(error));
    } finally {
      setBusy(false);
    }
  };

  const byPassword = ({ login, password }: { login: string; password: string }) =>
    attempt(async () => {
      const answer = await session.signIn(login.trim(), password);
      remember('login', login.trim());
      if ('secondFactor' in answer) {
        setTicket(answer.secondFactor.ticket);
        setStep('code');
      } else await done(answer);
    });
  const byCode = ({ code }: { code: string }) =>
    attempt(async () => done(await session.prove(ticket, code)), t('session.codeWrong'));
  const byPasskey = () =>
    attempt(async () => {
      const ceremony = await session.beginPasskey();
      const credential = await askPasskey(ceremony);
      if (credential !== undefined) await done(await session.signInByPasskey(ceremony.ticket, credential));
    }, t('session.passkeyWrong'));
  const byCompany = (fields: { company: string }) =>
    attempt(async () => {
      const { url } = await session.beginCompany(fields.company.trim(), target);
      remember('company', fields.company.trim());
      leaveFor(url);
    });
  const go = (to: Step) => {
    setRefusal(undefined);
    setStep(to);
  };

  const submit = (text: string, testId: string): ReactNode => (
    <>
      <SessionRefusal text={refusal} />
      <Button type="primary" htmlType="submit" size="large" block loading={busy} data-testid={testId}>
        {text}
      </Button>
    </>
  );

  if (step === 'code')
    return (
      <SessionFrame title={t('session.codeTitle')} lead={t('session.codeLead')}>
        <Form layout="vertical" requiredMark={false} onFinish={byCode}>
          <Form.Item name="code" label={t('session.code')} rules={[{ required: true, message: t('session.needCode') }]}>
            <Input
              autoFocus
              inputMode="text"
              autoComplete="one-time-code"
              size="large"
              maxLength={20}
              data-testid="sign-in-code"
            />
          </Form.Item>
          {submit(t('session.submit'), 'sign-in-code-submit')}
        </Form>
        <div className="sign-in-more">
          <Button type="link" onClick={() => go('password')}>
            {t('session.back')}
          </Button>
        </div>
      </SessionFrame>
    );

  if (step === 'company')
    return (
      <SessionFrame title={t('session.companyTitle')} lead={t('session.companyLead')}>
        <Form
          layout="vertical"
          requiredMark={false}
          initialValues={{ company: company ?? recall<string>('company') ?? '' }}
          onFinish={byCompany}
        >
          <Form.Item
            name="company"
            label={t('session.company')}
            rules={[{ required: true, message: t('session.needCompany') }]}
          >
            <Input autoFocus autoComplete="organization" size="large" data-testid="sign-in-company" />
          </Form.Item>
          {submit(t('session.companySubmit'), 'sign-in-company-submit')}
        </Form>
        <div className="sign-in-more">
          <Button type="link" onClick={() => go('password')}>
            {t('session.back')}
          </Button>
        </div>
      </SessionFrame>
    );

  return (
    <SessionFrame title={t('session.title')} lead={t('session.lead')}>
      <Form
        layout="vertical"
        requiredMark={false}
        initialValues={{ login: recall<string>('login') ?? '' }}
        onFinish={byPassword}
      >
        <Form.Item
          name="login"
          label={t('session.login')}
          rules={[{ required: true, message: t('session.needLogin') }]}
        >
          <Input autoFocus autoComplete="username webauthn" size="large" data-testid="sign-in-login" />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('session.password')}
          rules={[{ required: true, message: t('session.needPassword') }]}
        >
          <Input.Password autoComplete="current-password" size="large" data-testid="sign-in-password" />
        </Form.Item>
        {submit(t('session.submit'), 'sign-in-submit')}
      </Form>
      <div className="sign-in-more">
        <Link to="/forgotten" data-testid="sign-in-forgotten">
          {t('session.forgotten')}
        </Link>
      </div>
      <Divider plain>{t('session.or')}</Divider>
      <div className="sign-in-doors">
        {hasPasskeys() ? (
          <Button icon={<KeyOutlined />} block onClick={() => void byPasskey()} data-testid="sign-in-passkey">
            {t('session.passkey')}
          </Button>
        ) : null}
        <Button icon={<BankOutlined />} block onClick={() => go('company')} data-testid="sign-in-by-company">
          {t('session.byCompany')}
        </Button>
      </div>
    </SessionFrame>
  );
}
