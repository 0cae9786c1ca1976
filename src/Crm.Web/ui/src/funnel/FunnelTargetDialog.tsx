import { Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { cache } from '../api/cache';
import { funnels } from '../api/crm';
import type { Funnel } from '../api/types';
import { useCommand } from '../api/useCommand';
import { useFormat } from '../ui/format';
import { AmountField, readAmount } from '../ui/MoneyInput';
import { toast } from '../ui/toast';

interface Props {
  readonly funnel: Funnel;
  readonly month: string;
  readonly ownerId: string | undefined;
  readonly onClose: () => void;
}

export function FunnelTargetDialog({ funnel, month, ownerId, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const [text, setText] = useState(funnel.target?.replace(/\.00$/, '') ?? '');
  const amount = readAmount(text);
  const save = useCommand(
    (value: string) =>
      funnels.setTarget({ pipeline: funnel.pipeline, month, amount: value, ...(ownerId ? { ownerId } : {}) }),
    () => {
      void cache.invalidateQueries({ queryKey: ['funnel', funnel.pipeline] });
      toast('done', t('funnel.targetSaved'));
      onClose();
    },
  );
  return (
    <Modal
      open
      title={t('funnel.targetTitle', { month: format.month(month) })}
      okText={t('common.save')}
      okButtonProps={{ disabled: amount === undefined, loading: save.isPending, 'data-testid': 'target-save' }}
      onOk={() => amount !== undefined && save.mutate(amount)}
      onCancel={onClose}
      width={360}
    >
      <AmountField value={text} onChange={setText} testId="target-amount" placeholder={t('opportunities.amountHint')} />
    </Modal>
  );
}
