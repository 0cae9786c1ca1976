import { CopyOutlined } from '@ant-design/icons';
import { Button, Input, Modal, QRCode } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { security } from '../api/crm';
import { explain } from '../api/explain';
import { useCommand } from '../api/useCommand';
import { copyText } from '../platform/clipboard';
import { toast } from '../ui/toast';

/** Shows the seed as a QR code, and takes the first code as a proof that the app has it. */
export function SecurityTotpDialog(props: {
  secret: string;
  address: string;
  onClose: () => void;
  onDone: (codes: string[]) => void;
}) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const enrol = useCommand(
    () => security.enrolTotp(code),
    ({ recoveryCodes }) => props.onDone(recoveryCodes),
    true,
  );
  return (
    <Modal
      open
      title={t('security.totpBegin')}
      okText={t('security.totpConfirm')}
      okButtonProps={{ disabled: code.trim().length < 6, loading: enrol.isPending, 'data-testid': 'totp-confirm' }}
      onOk={() => enrol.mutate(undefined)}
      onCancel={props.onClose}
      width={400}
    >
      <p className="soft">{t('security.totpScan')}</p>
      <div className="security-qr">
        <QRCode type="svg" value={props.address} size={184} bordered={false} color="#14183a" bgColor="#ffffff" />
      </div>
      <p className="faint">{t('security.totpType')}</p>
      <code className="security-secret" data-testid="totp-secret">
        {props.secret}
      </code>
      <Input
        autoFocus
        inputMode="numeric"
        autoComplete="one-time-code"
        maxLength={7}
        value={code}
        placeholder={t('session.code')}
        onChange={(event) => setCode(event.target.value)}
        onPressEnter={() => enrol.mutate(undefined)}
        data-testid="totp-code"
      />
      {enrol.error ? <p className="bad-text">{explain(enrol.error)}</p> : null}
    </Modal>
  );
}

/** The recovery codes, shown this once. */
export function SecurityCodes({ codes, onClose }: { codes: string[]; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal
      open
      title={t('security.codes')}
      footer={[
        <Button
          key="copy"
          icon={<CopyOutlined />}
          onClick={() => void copyText(codes.join('\n')).then(() => toast('info', t('common.copied')))}
        >
          {t('common.copy')}
        </Button>,
        <Button key="close" type="primary" onClick={onClose} data-testid="codes-close">
          {t('security.codesKept')}
        </Button>,
      ]}
      onCancel={onClose}
      width={400}
    >
      <p className="soft">{t('security.codesText')}</p>
      <ul className="security-codes" data-testid="recovery-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Modal>
  );
}
