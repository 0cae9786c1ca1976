import { Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { leads } from '../api/crm';
import type { RuleOutReason } from '../api/types';
import { useCommand } from '../api/useCommand';
import { useLeadChoices } from './leadFields';

export function LeadRuleOutDialog(props: { id: string; open: boolean; onClose: () => void; onDone: () => void }) {
  const { t } = useTranslation();
  const { reasons } = useLeadChoices();
  const [reason, setReason] = useState<RuleOutReason>('no-intent');
  const [note, setNote] = useState('');
  const ruleOut = useCommand(
    () => leads.ruleOut(props.id, reason, note.trim() || undefined),
    () => {
      props.onClose();
      props.onDone();
    },
  );
  return (
    <Modal
      open={props.open}
      title={t('leads.ruleOutTitle')}
      okText={t('leads.ruleOut')}
      okButtonProps={{ loading: ruleOut.isPending, danger: true, 'data-testid': 'rule-out-save' }}
      onOk={() => ruleOut.mutate(undefined)}
      onCancel={props.onClose}
      width={420}
      destroyOnHidden
    >
      <div className="choices">
        <Radio.Group
          vertical
          options={reasons}
          value={reason}
          onChange={(event) => setReason(event.target.value as RuleOutReason)}
        />
        <Input.TextArea
          autoSize={{ minRows: 2 }}
          value={note}
          placeholder={t('leads.ruleOutNote')}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </Modal>
  );
}
