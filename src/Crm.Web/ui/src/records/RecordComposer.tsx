import { Button, DatePicker, Input, Segmented } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshRecord } from '../api/cache';
import { records } from '../api/crm';
import { type ActivityType, activityTypes, type Slice } from '../api/types';
import { useCommand } from '../api/useCommand';
import { usePhone } from '../platform/media';
import { useFormat } from '../ui/format';
import { activityIcons } from './RecordTimeline';

/** Writes down what was said or done; Ctrl+Enter keeps it. */
export function RecordComposer({ slice, id }: { slice: Slice; id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const phone = usePhone();
  const [type, setType] = useState<ActivityType>('note');
  const [text, setText] = useState('');
  const [at, setAt] = useState<Dayjs | null>(null);
  const log = useCommand(
    () =>
      records.logActivity(slice, id, {
        type,
        text: text.trim(),
        ...(at ? { happenedAt: format.fromWall(at) } : {}),
      }),
    () => {
      setText('');
      setAt(null);
      refreshRecord(slice, id);
    },
  );
  const submit = () => {
    if (text.trim() !== '' && !log.isPending) log.mutate(undefined);
  };
  return (
    <div className="composer">
      <Segmented
        size="small"
        value={type}
        options={activityTypes.map((each) => ({
          value: each,
          label: phone ? undefined : t(`activities.${each}`),
          icon: activityIcons[each],
          title: t(`activities.${each}`),
        }))}
        onChange={setType}
      />
      <Input.TextArea
        variant="borderless"
        autoSize={{ minRows: 2, maxRows: 12 }}
        value={text}
        placeholder={t(`activities.write.${type}`)}
        data-testid="composer-text"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit();
        }}
      />
      <div className="composer-foot">
        {type === 'note' ? null : (
          <DatePicker
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            size="small"
            variant="filled"
            value={at}
            placeholder={t('activities.now')}
            aria-label={t('step.when')}
            onChange={setAt}
          />
        )}
        <span className="grow" />
        <span className="faint desktop-only">{t('activities.hint')}</span>
        <Button
          type="primary"
          size="small"
          disabled={text.trim() === ''}
          loading={log.isPending}
          onClick={submit}
          data-testid="composer-save"
        >
          {t('activities.save')}
        </Button>
      </div>
    </div>
  );
}
