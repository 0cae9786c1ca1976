import { CheckCircleFilled, CloseOutlined, ExclamationCircleFilled, InfoCircleFilled } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { dismiss, type Toast, useToasts } from './toast';

const icons = { done: <CheckCircleFilled />, bad: <ExclamationCircleFilled />, info: <InfoCircleFilled /> };

export function Toasts() {
  const toasts = useToasts();
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function ToastLine({ toast }: { toast: Toast }) {
  const { t } = useTranslation();
  const { action } = toast;
  return (
    <div className={`toast toast-${toast.tone}`} data-testid={`toast-${toast.tone}`}>
      <span className="toast-icon">{icons[toast.tone]}</span>
      <div className="toast-body">
        <div className="toast-text">{toast.text}</div>
        {toast.detail ? <div className="toast-detail">{toast.detail}</div> : null}
      </div>
      {action ? (
        <button
          type="button"
          className="toast-action"
          data-testid="toast-undo"
          onClick={() => {
            dismiss(toast.id);
            action.run();
          }}
        >
          {action.label}
        </button>
      ) : null}
      <button type="button" className="toast-close" aria-label={t('common.close')} onClick={() => dismiss(toast.id)}>
        <CloseOutlined />
      </button>
    </div>
  );
}
