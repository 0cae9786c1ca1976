import { Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

/** Asks before something is decided, and for a few words about it. */
export function AskNote(props: {
  title: string;
  text: string;
  label: string;
  okText: string;
  danger?: boolean;
  busy: boolean;
  testId: string;
  onOk: (note: string | undefined) => void;
  onCancel: () => void;
}) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  return (
    <Modal
      open
      title={props.title}
      okText={props.okText}
      okButtonProps={{ danger: props.danger ?? false, loading: props.busy, 'data-testid': `${props.testId}-confirm` }}
      onOk={() => props.onOk(note.trim() || undefined)}
      cancelText={t('common.cancel')}
      onCancel={props.onCancel}
    >
      <p>{props.text}</p>
      <Input.TextArea
        value={note}
        onChange={(event) => setNote(event.target.value)}
        placeholder={props.label}
        aria-label={props.label}
        maxLength={2_000}
        autoSize={{ minRows: 2, maxRows: 6 }}
        data-testid={`${props.testId}-note`}
      />
    </Modal>
  );
}
