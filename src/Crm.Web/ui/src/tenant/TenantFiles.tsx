import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../ui/format';
import type { FileUse } from './api';

/** How much the company's files take, and may take where the operator has said so. */
export function TenantFiles({ use }: { use: FileUse }) {
  const { t } = useTranslation();
  const format = useFormat();
  const used = format.bytes(use.bytes);
  const isFull = use.limitBytes !== null && use.bytes >= use.limitBytes;
  return (
    <section className="tenant-files" data-testid="tenant-files">
      <h2>{t('tenant.files.title')}</h2>
      {use.limitBytes === null ? (
        <p>{t('tenant.files.used', { used })}</p>
      ) : (
        <>
          <Progress
            percent={shareOf(use.bytes, use.limitBytes)}
            status={isFull ? 'exception' : 'normal'}
            size="small"
            aria-label={t('tenant.files.title')}
          />
          <p>{t('tenant.files.usedOf', { used, limit: format.bytes(use.limitBytes) })}</p>
        </>
      )}
      {use.removedBytes > 0 && (
        <p className="soft">{t('tenant.files.removed', { removed: format.bytes(use.removedBytes) })}</p>
      )}
      {isFull && <p className="soft">{t('tenant.files.full')}</p>}
    </section>
  );
}

/** In whole percent; never 100 while there is room, and never 0 while there is something. */
export function shareOf(bytes: number, limit: number): number {
  if (bytes >= limit) return 100;
  return bytes === 0 ? 0 : Math.min(99, Math.max(1, Math.round((bytes / limit) * 100)));
}
