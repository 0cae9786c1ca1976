import { RollbackOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { cache, keys, refreshRecord } from '../api/cache';
import type { Change, Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { useFieldText } from '../records/fieldText';
import { useRights } from '../rights/useRights';
import { toast } from '../ui/toast';
import { auditApi } from './api';

/** Brings a field back to what it was before a change, for those who may change it. */
export function AuditRestore(props: { slice: Slice; id: string; change: Change; version: number }) {
  const { t } = useTranslation();
  const { slice, id, change, version } = props;
  const rights = useRights();
  const { label, text, isReckoned } = useFieldText();
  const restore = useCommand(
    () => auditApi.restore(slice, id, change.field, version),
    () => {
      refreshRecord(slice, id);
      void cache.invalidateQueries({ queryKey: keys.timeline(slice, id) });
      void cache.invalidateQueries({ queryKey: ['audit'] });
      toast('done', t('audit.restored', { field: label(change.field), value: text(change.field, change.from) }));
    },
  );
  if (version < 1 || !rights.may(slice, 'amend') || !rights.edits(slice, change.field) || isReckoned(change.field))
    return null;
  return (
    <Tooltip title={t('audit.restore')}>
      <Button
        type="text"
        size="small"
        icon={<RollbackOutlined />}
        aria-label={`${t('audit.restore')}: ${label(change.field)}`}
        data-testid={`restore-${change.field}`}
        loading={restore.isPending}
        onClick={() => restore.mutate(undefined)}
      />
    </Tooltip>
  );
}
