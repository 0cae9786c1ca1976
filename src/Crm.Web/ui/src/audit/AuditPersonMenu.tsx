import { SafetyOutlined } from '@ant-design/icons';
import { Dropdown, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache, keys, refreshRecord } from '../api/cache';
import type { Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { useMay } from '../rights/useRights';
import { toast } from '../ui/toast';
import { auditApi } from './api';

/** What a person may ask of us about himself: to have everything, and to be forgotten. */
export function AuditPersonMenu({ slice, id, name }: { slice: Slice; id: string; name: string }) {
  const { t } = useTranslation();
  const mayTake = useMay(slice, 'export');
  const mayErase = useMay(slice, 'erase');
  const [asking, setAsking] = useState(false);
  const [typed, setTyped] = useState('');
  const erase = useCommand(
    () => auditApi.erase(slice, id),
    () => {
      setAsking(false);
      refreshRecord(slice, id);
      void cache.invalidateQueries({ queryKey: keys.timeline(slice, id) });
      toast('done', t('audit.person.erased'));
    },
  );
  if (!(mayTake || mayErase) || slice === 'opportunities') return null;
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            {
              key: 'take',
              disabled: !mayTake,
              label: (
                <a href={`/api/${slice}/${id}/personal-data`} download data-testid="person-data">
                  {t('audit.person.take')}
                </a>
              ),
            },
            {
              key: 'erase',
              danger: true,
              disabled: !mayErase,
              label: t('audit.person.erase'),
              onClick: () => {
                setTyped('');
                setAsking(true);
              },
            },
          ],
        }}
      >
        <button
          type="button"
          className="button-plain"
          aria-label={t('audit.person.menu')}
          title={t('audit.person.menu')}
          data-testid="person-menu"
        >
          <SafetyOutlined />
        </button>
      </Dropdown>
      {asking ? (
        <Modal
          open
          title={t('audit.person.erase')}
          okText={t('audit.person.erase')}
          okButtonProps={{
            danger: true,
            loading: erase.isPending,
            disabled: typed.trim() !== name,
            'data-testid': 'person-erase-confirm',
          }}
          onOk={() => erase.mutate(undefined)}
          cancelText={t('common.cancel')}
          onCancel={() => setAsking(false)}
        >
          <p data-testid="person-erase-text">{t('audit.person.eraseText')}</p>
          <p>{t('audit.person.eraseType', { name })}</p>
          <Input
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            aria-label={t('audit.person.eraseType', { name })}
            data-testid="person-erase-name"
          />
        </Modal>
      ) : null}
    </>
  );
}
