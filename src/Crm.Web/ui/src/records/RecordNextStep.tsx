import { CheckOutlined } from '@ant-design/icons';
import { Button, DatePicker, Input } from 'antd';
import type { Dayjs } from 'dayjs';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { refreshRecord } from '../api/cache';
import { records } from '../api/crm';
import type { Slice, Step } from '../api/types';
import { useCommand } from '../api/useCommand';
import { serverNow } from '../platform/clock';
import { useRights } from '../rights/useRights';
import { Countdown, Panel } from '../ui/Bits';
import { useFormat } from '../ui/format';

/** What is to be done next and when; the clock runs on the server, this one only shows it. */
export function RecordNextStep({
  slice,
  id,
  step,
  closed,
}: {
  slice: Slice;
  id: string;
  step: Step | null;
  closed: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [planning, setPlanning] = useState(false);
  const [finishing, setFinishing] = useState(false);
  const [outcome, setOutcome] = useState('');
  const complete = useCommand(
    () => records.completeStep(slice, id, outcome.trim() || undefined),
    () => {
      setFinishing(false);
      setOutcome('');
      setPlanning(true);
      refreshRecord(slice, id);
    },
  );
  const rights = useRights();
  const mayPlan = rights.may(slice, 'plan-step') && rights.edits(slice, 'nextStep');
  const mayComplete = rights.may(slice, 'complete-step');
  if (!rights.shows(slice, 'nextStep') || ((closed || !mayPlan) && !step)) return null;
  return (
    <Panel
      title={t('step.title')}
      className={step ? 'step-panel' : ''}
      testId="next-step"
      extra={
        step && !planning && !closed && mayPlan ? (
          <Button type="text" size="small" onClick={() => setPlanning(true)}>
            {t('step.change')}
          </Button>
        ) : null
      }
    >
      {step && !planning ? (
        <div className="step">
          <div className="step-text">{step.text}</div>
          <div className="step-due">
            <Countdown to={step.dueAt} />
            <span className="faint">{format.instant(step.dueAt)}</span>
          </div>
          {finishing ? (
            <div className="step-finish">
              <Input.TextArea
                autoFocus
                autoSize={{ minRows: 2 }}
                value={outcome}
                placeholder={t('step.outcome')}
                onChange={(event) => setOutcome(event.target.value)}
                data-testid="step-outcome"
              />
              <div className="row-end">
                <Button size="small" type="text" onClick={() => setFinishing(false)}>
                  {t('common.cancel')}
                </Button>
                <Button
                  size="small"
                  type="primary"
                  loading={complete.isPending}
                  onClick={() => complete.mutate(undefined)}
                  data-testid="step-complete-save"
                >
                  {t('step.complete')}
                </Button>
              </div>
            </div>
          ) : !mayComplete ? null : (
            <Button
              size="small"
              icon={<CheckOutlined />}
              onClick={() => setFinishing(true)}
              data-testid="step-complete"
            >
              {t('step.complete')}
            </Button>
          )}
        </div>
      ) : (
        <StepPlanner
          slice={slice}
          id={id}
          step={planning ? step : null}
          done={() => setPlanning(false)}
          cancel={planning ? () => setPlanning(false) : undefined}
        />
      )}
    </Panel>
  );
}

function StepPlanner(props: { slice: Slice; id: string; step: Step | null; done: () => void; cancel?: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [text, setText] = useState(props.step?.text ?? '');
  const [due, setDue] = useState<Dayjs | null>(props.step ? format.wall(props.step.dueAt) : null);
  const plan = useCommand(
    (at: Dayjs) => records.planStep(props.slice, props.id, { text: text.trim(), dueAt: format.fromWall(at) }),
    () => {
      setText('');
      setDue(null);
      props.done();
      refreshRecord(props.slice, props.id);
    },
  );
  const today = format.wall(serverNow());
  const at = (days: number, hour: number) => today.add(days, 'day').hour(hour).minute(0).second(0);
  const quick = [
    { key: 'hour', due: today.add(1, 'hour') },
    { key: 'tomorrow', due: at(1, 10) },
    { key: 'threeDays', due: at(3, 10) },
    { key: 'week', due: at(7, 10) },
  ] as const;
  return (
    <div className="step-plan">
      <Input
        value={text}
        placeholder={t('step.what')}
        data-testid="step-text"
        onChange={(event) => setText(event.target.value)}
        onPressEnter={() => due && text.trim() !== '' && plan.mutate(due)}
      />
      <div className="quick">
        {quick.map((each) => (
          <button
            key={each.key}
            type="button"
            className={due?.isSame(each.due, 'minute') ? 'quick-chip active' : 'quick-chip'}
            data-testid={`step-${each.key}`}
            onClick={() => setDue(each.due)}
          >
            {t(`step.quick.${each.key}`)}
          </button>
        ))}
      </div>
      <div className="step-when">
        <DatePicker
          showTime={{ format: 'HH:mm' }}
          format="YYYY-MM-DD HH:mm"
          value={due}
          placeholder={t('step.when')}
          aria-label={t('step.when')}
          onChange={setDue}
          style={{ flex: 1 }}
        />
        {props.cancel ? (
          <Button type="text" onClick={props.cancel}>
            {t('common.cancel')}
          </Button>
        ) : null}
        <Button
          type="primary"
          disabled={text.trim() === '' || !due}
          loading={plan.isPending}
          onClick={() => due && plan.mutate(due)}
          data-testid="step-save"
        >
          {t('step.plan')}
        </Button>
      </div>
    </div>
  );
}
