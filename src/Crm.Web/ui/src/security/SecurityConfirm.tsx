import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { security } from '../api/crm';
import { explain } from '../api/explain';
import { Problem } from '../api/problem';
import { useCommand } from '../api/useCommand';
import { toast } from '../ui/toast';

/**
 * What changes how somebody signs in wants them to have proved themselves a short while ago. Runs it; when the server says
 * that it was too long ago, asks for the password and runs it again.
 */
export function useConfirmed() {
  const [waiting, setWaiting] = useState<() => Promise<void>>();
  const run = async (action: () => Promise<void>) => {
    try {
      await action();
    } catch (error) {
      if (error instanceof Problem && error.code === 'confirmation-required') setWaiting(() => action);
      else toast('bad', explain(error));
    }
  };
  const dialog = waiting ? (
    <ConfirmDialog
      onClose={() => setWaiting(undefined)}
      onDone={() => {
        setWaiting(undefined);
        void run(waiting);
      }}
    />
  ) : null;
  return { run, dialog };
}

function ConfirmDialog({ onClose, onDone }: { onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const confirm = useCommand(() => security.confirm(password), onDone, true);
  return (
    <Modal
      open
      title={t('security.confirmTitle')}
      okText={t('security.confirmOk')}
      okButtonProps={{ disabled: password === '', loading: confirm.isPending, 'data-testid': 'confirm-ok' }}
      onOk={() => confirm.mutate(undefined)}
      onCancel={onClose}
      width={380}
    >
      <p className="soft">{t('security.confirmText')}</p>
      <Input.Password
        autoFocus
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        onPressEnter={() => password !== '' && confirm.mutate(undefined)}
        data-testid="confirm-password"
      />
      {confirm.error ? <p className="bad-text">{explain(confirm.error)}</p> : null}
    </Modal>
  );
}
