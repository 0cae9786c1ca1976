import { RollbackOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { refreshRecord } from '../api/cache';
import type { Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { auditApi } from './api';

/** Brings a field back to what it was before a change. Fields that are not changed by amending say so when it is tried. */
export function AuditRestore(props: { slice: Slice; id: string; field: string; version: number }) {
  const { t } = useTranslation();
  const { slice, id, field, version } = props;
  const restore = useCommand(
    () => auditApi.restore(slice, id, field, version),
    () => refreshRecord(slice, id),
  );
  return (
    <Tooltip title={t('audit.restore')}>
      <Button
        type="text"
        size="small"
        icon={<RollbackOutlined />}
        aria-label={t('audit.restore')}
        data-testid={`restore-${field}`}
        loading={restore.isPending}
        onClick={() => restore.mutate(undefined)}
      />
    </Tooltip>
  );
}
