import { CheckOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Opportunity, Pipeline } from '../api/types';
import { openStages } from '../pipelines/pipelines';
import { useNow } from '../platform/clock';

/** Where the deal stands; a click moves it. */
export function OpportunityStageBar(props: {
  opportunity: Opportunity;
  pipeline: Pipeline;
  /** Undefined for those who may not move it. */
  move: ((stage: string) => void) | undefined;
}) {
  const { t } = useTranslation();
  const { opportunity, move } = props;
  const stages = openStages(props.pipeline);
  const at = stages.findIndex((stage) => stage.key === opportunity.stage);
  const days = Math.max(0, Math.floor((useNow() - Date.parse(opportunity.stageSince)) / 86_400_000));
  return (
    <div className="stage-bar-box">
      <div className={`stage-bar stage-bar-${opportunity.status}`}>
        {stages.map((stage, index) => (
          <button
            key={stage.key}
            type="button"
            disabled={!move || opportunity.status !== 'open' || index === at}
            className={index < at ? 'stage done' : index === at ? 'stage at' : 'stage'}
            data-testid={`stage-${stage.key}`}
            aria-current={index === at ? 'step' : undefined}
            onClick={() => move?.(stage.key)}
          >
            {index < at || opportunity.status === 'won' ? <CheckOutlined /> : null}
            <span className="clip">{stage.name}</span>
            <em className="num">{stage.winRate}%</em>
          </button>
        ))}
      </div>
      {opportunity.status === 'open' ? (
        <span className="faint stage-days">{t('opportunities.inStage', { count: days })}</span>
      ) : null}
    </div>
  );
}
