import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { people } from '../api/crm';
import type { User } from '../api/types';
import { useCommand } from '../api/useCommand';
import { toast } from '../ui/toast';

export function PersonPasswordDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const [password, setPassword] = useState('');
  const save = useCommand(
    () => people.tell(user.id, 'set-password', { password }),
    () => {
      toast('done', t('people.passwordSet'));
      onClose();
    },
  );
  return (
    <Modal
      open
      title={`${t('people.setPassword')} · ${user.name}`}
      okText={t('common.save')}
      okButtonProps={{ disabled: password.length < 8, loading: save.isPending }}
      onOk={() => save.mutate(undefined)}
      onCancel={onClose}
      width={360}
    >
      <Input.Password
        autoFocus
        autoComplete="new-password"
        value={password}
        placeholder={t('people.newPassword')}
        onChange={(event) => setPassword(event.target.value)}
      />
      <p className="faint">{t('people.shortPassword')}</p>
    </Modal>
  );
}
