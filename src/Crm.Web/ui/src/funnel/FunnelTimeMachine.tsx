import { HistoryOutlined } from '@ant-design/icons';
import { Button, Slider } from 'antd';
import dayjs from 'dayjs';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../platform/clock';
import { useFormat } from '../ui/format';

/** How far back the slider reaches. */
const reachDays = 120;

/** Drags the funnel to the end of any past day; the right end is now, live. */
export function FunnelTimeMachine({
  day,
  onDay,
}: {
  day: string | undefined;
  onDay: (day: string | undefined) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const today = dayjs(format.today(serverNow()));
  const chosen = day === undefined ? 0 : -Math.min(reachDays, today.diff(dayjs(day), 'day'));
  const [back, setBack] = useState(chosen);
  useEffect(() => setBack(chosen), [chosen]);
  const dayAt = (offset: number) => today.add(offset, 'day').format('YYYY-MM-DD');
  return (
    <div className={day ? 'time-machine past' : 'time-machine'} data-testid="time-machine">
      <HistoryOutlined />
      <div className="time-text">
        <strong>{back === 0 ? t('funnel.timeMachine') : format.day(dayAt(back))}</strong>
        <span className="faint desktop-only">{t('funnel.timeText')}</span>
      </div>
      <Slider
        className="time-slider"
        ariaLabelForHandle={t('funnel.timeMachine')}
        min={-reachDays}
        max={0}
        value={back}
        included={false}
        tooltip={{ formatter: (offset) => (offset === 0 ? t('funnel.liveNow') : format.day(dayAt(offset ?? 0))) }}
        onChange={(offset: number) => setBack(offset)}
        onChangeComplete={(offset: number) => onDay(offset === 0 ? undefined : dayAt(offset))}
      />
      {day ? (
        <Button size="small" type="primary" onClick={() => onDay(undefined)} data-testid="funnel-now">
          {t('funnel.now')}
        </Button>
      ) : (
        <span className="chip chip-good">
          <i />
          {t('funnel.liveNow')}
        </span>
      )}
    </div>
  );
}
