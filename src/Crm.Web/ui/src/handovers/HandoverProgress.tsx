import { Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { Chip, type Tone } from '../ui/Bits';
import { useFormat } from '../ui/format';
import { type Handover, sum } from './api';

const tones: Record<Handover['status'], Tone> = { running: 'accent', done: 'good', undoing: 'accent', undone: 'plain' };

/** How far a hand-over is, and what came of it. */
export function HandoverProgress({ handover }: { handover: Handover }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [given, planned] = [sum(handover.given), sum(handover.planned)];
  const back = handover.status === 'undoing' || handover.status === 'undone';
  const done = back ? handover.undone + handover.kept : given + handover.refused;
  const all = back ? given : planned;
  const moving = handover.status === 'running' || handover.status === 'undoing';
  return (
    <div className="handover-progress" data-testid="handover-progress" data-status={handover.status}>
      <Chip tone={tones[handover.status]} dot>
        {t(`handovers.${handover.status}`)}
      </Chip>
      {moving ? (
        <Progress
          percent={all === 0 ? 0 : Math.min(100, Math.round((done / all) * 100))}
          size="small"
          aria-label={t(`handovers.${handover.status}`)}
        />
      ) : null}
      <span className="soft num">
        {back
          ? t('handovers.taken', { undone: format.number(handover.undone) })
          : t('handovers.given', { given: format.number(given), planned: format.number(planned) })}
      </span>
      {handover.refused > 0 ? (
        <span className="faint">{t('handovers.refused', { count: handover.refused })}</span>
      ) : null}
      {handover.kept > 0 ? <span className="faint">{t('handovers.kept', { count: handover.kept })}</span> : null}
    </div>
  );
}
