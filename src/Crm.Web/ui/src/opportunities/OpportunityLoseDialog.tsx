import { Input, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type LossReason, lossReasons } from '../api/types';

export interface Loss {
  readonly reason: LossReason;
  readonly competitor?: string;
  readonly note?: string;
}

/** Asks why; a lost deal without its reason teaches nobody anything. */
export function OpportunityLoseDialog(props: { open: boolean; onCancel: () => void; onLose: (loss: Loss) => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<LossReason>('price');
  const [competitor, setCompetitor] = useState('');
  const [note, setNote] = useState('');
  const lose = () =>
    props.onLose({
      reason,
      ...(competitor.trim() ? { competitor: competitor.trim() } : {}),
      ...(note.trim() ? { note: note.trim() } : {}),
    });
  return (
    <Modal
      open={props.open}
      title={t('opportunities.loseTitle')}
      okText={t('opportunities.lose')}
      okButtonProps={{ danger: true, 'data-testid': 'lose-save' }}
      onOk={lose}
      onCancel={props.onCancel}
      width={440}
      destroyOnHidden
    >
      <div className="choices" data-testid="lose-dialog">
        <Radio.Group
          className="reason-grid"
          options={lossReasons.map((value) => ({ value, label: t(`lossReasons.${value}`) }))}
          value={reason}
          onChange={(event) => setReason(event.target.value as LossReason)}
        />
        <Input
          value={competitor}
          placeholder={t('opportunities.loseCompetitor')}
          data-testid="lose-competitor"
          onChange={(event) => setCompetitor(event.target.value)}
        />
        <Input.TextArea
          autoSize={{ minRows: 2 }}
          value={note}
          placeholder={t('opportunities.loseNote')}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
    </Modal>
  );
}
