import { DownloadOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { useMay } from '../rights/useRights';
import { toast } from '../ui/toast';
import { type ExportWish, exportsApi } from './api';

/** Takes the list out as a file, for those who may: what is filtered, in the order it is shown. */
export function AuditExportButton({ slice, wish }: { slice: Slice; wish: Omit<ExportWish, 'format'> }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const mayExport = useMay(slice, 'export');
  const request = useCommand(
    (format: ExportWish['format']) => exportsApi.request(slice, { ...wish, format }),
    ({ status }) => {
      toast('info', t(status === 'waiting' ? 'audit.exports.waits' : 'audit.exports.begun'));
      void navigate({ to: '/exports' });
    },
  );
  if (!mayExport) return null;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'csv', label: t('audit.exports.csv'), onClick: () => request.mutate('csv') },
          { key: 'xlsx', label: t('audit.exports.xlsx'), onClick: () => request.mutate('xlsx') },
        ],
      }}
    >
      <button type="button" className="button-plain" data-testid="list-export" aria-label={t('audit.exports.export')}>
        <DownloadOutlined />
        <span className="desktop-only">{t('audit.exports.export')}</span>
      </button>
    </Dropdown>
  );
}
