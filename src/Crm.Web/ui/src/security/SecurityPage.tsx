import { DesktopOutlined, KeyOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { security } from '../api/crm';
import { explain } from '../api/explain';
import type { Security, SignInEntry } from '../api/types';
import { useCommand } from '../api/useCommand';
import { hasPasskeys, makePasskey } from '../session/passkeys';
import { useMe } from '../session/session';
import { Ago, Chip, PageHead, Panel } from '../ui/Bits';
import { ErrorState, LinesSkeleton, PageSkeleton } from '../ui/States';
import { toast } from '../ui/toast';
import { deviceOf } from './device';
import { useConfirmed } from './SecurityConfirm';
import { SecurityCodes, SecurityTotpDialog } from './SecurityTotp';
import './security.css';

export function SecurityPage() {
  const { t } = useTranslation();
  const query = useQuery({ queryKey: ['security'], queryFn: security.get });
  if (query.isPending) return <PageSkeleton />;
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  const reload = () => void query.refetch();
  return (
    <div className="page settings security">
      <PageHead title={t('security.title')} />
      <PasswordPanel has={query.data.hasPassword} />
      <TotpPanel security={query.data} reload={reload} />
      <PasskeyPanel passkeys={query.data.passkeys} reload={reload} />
      <SessionPanel current={query.data.sessionId} />
    </div>
  );
}

function PasswordPanel({ has }: { has: boolean }) {
  const { t } = useTranslation();
  const { run, dialog } = useConfirmed();
  const [open, setOpen] = useState(false);
  const [password, setPassword] = useState('');
  const save = () =>
    run(async () => {
      await security.setPassword(password);
      setOpen(false);
      setPassword('');
      toast('done', t('security.passwordSet'));
    });
  return (
    <Panel
      title={t('session.password')}
      extra={
        <Button onClick={() => setOpen(true)} data-testid="password-change">
          {t(has ? 'security.passwordChange' : 'security.passwordMake')}
        </Button>
      }
    >
      <p className="soft">{t('security.passwordText')}</p>
      <Modal
        open={open}
        title={t('security.passwordChange')}
        okText={t('common.save')}
        okButtonProps={{ disabled: password.length < 8, 'data-testid': 'password-save' }}
        onOk={() => void save()}
        onCancel={() => setOpen(false)}
        width={380}
      >
        <Input.Password
          autoFocus
          autoComplete="new-password"
          value={password}
          placeholder={t('session.newPassword')}
          onChange={(event) => setPassword(event.target.value)}
          data-testid="password-new"
        />
        <p className="faint">{t('people.shortPassword')}</p>
      </Modal>
      {dialog}
    </Panel>
  );
}

function TotpPanel({ security: state, reload }: { security: Security; reload: () => void }) {
  const { t } = useTranslation();
  const { run, dialog } = useConfirmed();
  const [enrolling, setEnrolling] = useState<{ secret: string; address: string }>();
  const [codes, setCodes] = useState<string[]>();
  const begin = () => run(async () => setEnrolling(await security.beginTotp()));
  const renew = () => run(async () => setCodes((await security.renewCodes()).recoveryCodes));
  const remove = () =>
    run(async () => {
      await security.removeTotp();
      reload();
      toast('done', t('security.totpRemoved'));
    });
  return (
    <Panel
      title={t('security.totp')}
      extra={
        state.totp ? (
          <>
            <Button type="text" onClick={() => void renew()} data-testid="codes-renew">
              {t('security.codesRenew')}
            </Button>
            <Button danger type="text" onClick={() => void remove()} data-testid="totp-remove">
              {t('security.totpRemove')}
            </Button>
          </>
        ) : (
          <Button type="primary" onClick={() => void begin()} data-testid="totp-begin">
            {t('security.totpBegin')}
          </Button>
        )
      }
    >
      <p className="soft">
        {state.totp ? (
          <span data-testid="totp-on">
            <Chip tone="good" dot>
              {t('security.on')}
            </Chip>{' '}
            {t('security.codesLeft', { count: state.recoveryCodesLeft })}
          </span>
        ) : (
          t('security.totpText')
        )}
      </p>
      {enrolling ? (
        <SecurityTotpDialog
          {...enrolling}
          onClose={() => setEnrolling(undefined)}
          onDone={(made) => {
            setEnrolling(undefined);
            setCodes(made);
            reload();
          }}
        />
      ) : null}
      {codes ? <SecurityCodes codes={codes} onClose={() => setCodes(undefined)} /> : null}
      {dialog}
    </Panel>
  );
}

function PasskeyPanel({ passkeys, reload }: { passkeys: Security['passkeys']; reload: () => void }) {
  const { t } = useTranslation();
  const { run, dialog } = useConfirmed();
  const add = () =>
    run(async () => {
      const ceremony = await security.beginPasskey();
      const credential = await makePasskey(ceremony);
      if (credential === undefined) {
        toast('info', t('security.passkeyNot'));
        return;
      }
      await security.addPasskey(
        ceremony.ticket,
        credential,
        deviceOf(navigator.userAgent) ?? t('security.passkeyName'),
      );
      reload();
      toast('done', t('security.passkeyAdded'));
    });
  const remove = (id: string) =>
    run(async () => {
      await security.removePasskey(id);
      reload();
      toast('done', t('security.passkeyRemoved'));
    });
  return (
    <Panel
      title={t('security.passkeys')}
      extra={
        hasPasskeys() ? (
          <Button icon={<KeyOutlined />} onClick={() => void add()} data-testid="passkey-add">
            {t('security.passkeyAdd')}
          </Button>
        ) : null
      }
    >
      {passkeys.length === 0 ? <p className="soft">{t('security.passkeysText')}</p> : null}
      {passkeys.map((passkey) => (
        <div key={passkey.id} className="security-row" data-testid="passkey-row">
          <KeyOutlined />
          <strong>{passkey.name}</strong>
          <span className="faint">
            <Ago at={passkey.addedAt} />
          </span>
          <span className="grow" />
          <Button danger type="text" size="small" onClick={() => void remove(passkey.id)}>
            {t('security.remove')}
          </Button>
        </div>
      ))}
      {dialog}
    </Panel>
  );
}

function SessionPanel({ current }: { current: string }) {
  const { t } = useTranslation();
  const me = useMe();
  const query = useQuery({
    queryKey: ['sessions', me.user.id],
    queryFn: security.sessions,
  });
  const reload = () => void query.refetch();
  const others = useCommand(security.revokeOthers, () => {
    reload();
    toast('done', t('security.othersRevoked'));
  });
  const revoke = useCommand(security.revokeOwn, reload);
  return (
    <Panel
      title={t('security.sessions')}
      extra={
        <Button onClick={() => others.mutate(undefined)} loading={others.isPending} data-testid="revoke-others">
          {t('security.revokeOthers')}
        </Button>
      }
    >
      {query.isPending ? <LinesSkeleton /> : null}
      {query.isError ? <p className="bad-text">{explain(query.error)}</p> : null}
      {query.data?.items.map((entry) => (
        <SessionRow
          key={entry.id}
          entry={entry}
          current={entry.id === current}
          onRevoke={() => revoke.mutate(entry.id)}
        />
      ))}
    </Panel>
  );
}

function SessionRow({ entry, current, onRevoke }: { entry: SignInEntry; current: boolean; onRevoke: () => void }) {
  const { t } = useTranslation();
  return (
    <div className="security-row" data-testid={`session-${entry.status}`}>
      <DesktopOutlined />
      <strong>{deviceOf(entry.agent ?? '') ?? t('security.unknownDevice')}</strong>
      <span className="faint">{entry.from}</span>
      <span className="faint">
        <Ago at={entry.at} />
      </span>
      <span className="soft">{entry.method ? t(`security.method.${entry.method}`) : null}</span>
      <span className="grow" />
      {current ? (
        <Chip tone="accent">{t('security.thisOne')}</Chip>
      ) : entry.status === 'open' ? (
        <Button danger type="text" size="small" onClick={onRevoke} data-testid="session-revoke">
          {t('security.revoke')}
        </Button>
      ) : (
        <Chip tone={entry.status === 'refused' ? 'bad' : 'plain'}>
          {entry.reason ? t(`security.reason.${entry.reason}`) : t(`security.status.${entry.status}`)}
        </Chip>
      )}
    </div>
  );
}
