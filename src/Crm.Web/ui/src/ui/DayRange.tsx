import { DatePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { serverNow } from '../platform/clock';
import { useFormat } from './format';

/** Whole days of the company's calendar, as instants: not before `from`, and before `to`. */
export interface Days {
  from?: string;
  to?: string;
}

/** Chooses days from … to, both of them whole. */
export function DayRange(props: { value: Days; onChange: (days: Days) => void; allowClear?: boolean; testId: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { from, to } = props.value;
  const shown = useMemo<[Dayjs | null, Dayjs | null]>(
    () => [from ? format.wall(from) : null, to ? format.wall(to).subtract(1, 'day') : null],
    [from, to, format],
  );
  const today = dayjs(format.today(serverNow()));
  const last = (days: number): [Dayjs, Dayjs] => [today.subtract(days - 1, 'day'), today];
  return (
    <DatePicker.RangePicker
      value={shown}
      allowClear={props.allowClear ?? true}
      allowEmpty={[true, true]}
      maxDate={today}
      placeholder={[t('audit.from'), t('audit.to')]}
      presets={[
        { label: t('audit.today'), value: last(1) },
        ...[7, 30, 90].map((days) => ({ label: t('audit.days', { count: days }), value: last(days) })),
      ]}
      data-testid={props.testId}
      className="day-range"
      onChange={(days) =>
        props.onChange({
          ...(days?.[0] ? { from: format.fromWall(days[0].startOf('day')) } : {}),
          ...(days?.[1] ? { to: format.fromWall(days[1].startOf('day').add(1, 'day')) } : {}),
        })
      }
    />
  );
}
