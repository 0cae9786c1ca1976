import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Button, Form, Input } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { session } from '../api/crm';
import { explain } from '../api/explain';
import { useCommand } from '../api/useCommand';
import { asLocale } from '../i18n/i18n';
import { fragment, hideFragment } from '../platform/leave';
import { LinesSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { SessionFrame, SessionRefusal } from './SessionFrame';
import { enter } from './session';

/** The token of a mailed link, kept while the page is open and gone from the address at once. */
function useToken(): string {
  const [token] = useState(fragment);
  useEffect(hideFragment, []);
  return token;
}

function PasswordForm(props: {
  submit: string;
  busy: boolean;
  refusal: string | undefined;
  onDone: (p: string) => void;
}) {
  const { t } = useTranslation();
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      onFinish={({ password }: { password: string }) => props.onDone(password)}
    >
      <Form.Item
        name="password"
        label={t('session.newPassword')}
        extra={t('people.shortPassword')}
        rules={[{ required: true, min: 8, message: t('people.shortPassword') }]}
      >
        <Input.Password autoFocus autoComplete="new-password" size="large" data-testid="link-password" />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('session.again')}
        dependencies={['password']}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue('password') ? Promise.resolve() : Promise.reject(new Error(t('session.notSame'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" size="large" data-testid="link-again" />
      </Form.Item>
      <SessionRefusal text={props.refusal} />
      <Button type="primary" htmlType="submit" size="large" block loading={props.busy} data-testid="link-submit">
        {props.submit}
      </Button>
    </Form>
  );
}

export function SessionResetPage() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const token = useToken();
  const reset = useCommand(
    (password: string) => session.reset(token, password),
    () => {
      toast('done', t('session.resetDone'));
      void navigate({ to: '/sign-in' });
    },
    true,
  );
  return (
    <SessionFrame title={t('session.resetTitle')} lead={t('session.resetLead')}>
      <PasswordForm
        submit={t('session.resetSubmit')}
        busy={reset.isPending}
        refusal={reset.error ? explain(reset.error) : undefined}
        onDone={(password) => reset.mutate(password)}
      />
      <div className="sign-in-more">
        <Link to="/forgotten">{t('session.otherLink')}</Link>
      </div>
    </SessionFrame>
  );
}

export function SessionAcceptPage() {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const token = useToken();
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => session.invitation(token),
    retry: false,
  });
  const accept = useCommand(
    (password: string) => session.accept(token, password),
    (me) => {
      if (me) void enter(me, asLocale(i18n.language)).then(() => navigate({ to: '/', replace: true }));
      else void navigate({ to: '/sign-in' });
    },
    true,
  );
  if (invitation.isPending)
    return (
      <SessionFrame title={t('session.acceptTitle')} lead={t('session.lead')}>
        <LinesSkeleton />
      </SessionFrame>
    );
  if (invitation.isError)
    return (
      <SessionFrame title={t('session.acceptTitle')} lead={t('session.acceptGone')}>
        <SessionRefusal text={explain(invitation.error)} />
        <div className="sign-in-more">
          <Link to="/sign-in">{t('session.back')}</Link>
        </div>
      </SessionFrame>
    );
  const { name, company, login } = invitation.data;
  return (
    <SessionFrame title={t('session.acceptHello', { name })} lead={t('session.acceptLead', { company, login })}>
      <PasswordForm
        submit={t('session.acceptSubmit')}
        busy={accept.isPending}
        refusal={accept.error ? explain(accept.error) : undefined}
        onDone={(password) => accept.mutate(password)}
      />
    </SessionFrame>
  );
}
