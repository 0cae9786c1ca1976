import { useTranslation } from 'react-i18next';
import { usePipeline } from '../pipelines/pipelines';
import { serverNow } from '../platform/clock';
import { useFormat } from '../ui/format';
import { ErrorState, LinesSkeleton } from '../ui/States';
import { FunnelTargetBar } from './FunnelTargetBar';
import { coverage, widths } from './funnelMaths';
import { useFunnel, useFunnelMonths } from './useFunnel';
import './funnel.css';

/** This month's funnel of the first pipeline on a hand's breadth; of all months for those who see none. */
export function FunnelMini() {
  const { t } = useTranslation();
  const format = useFormat();
  const pipeline = usePipeline(undefined);
  const hasMonths = useFunnelMonths();
  const query = useFunnel(pipeline?.key, { month: hasMonths ? format.today(serverNow()).slice(0, 7) : undefined });
  if (query.isError) return <ErrorState error={query.error} />;
  if (!query.data || !pipeline) return <LinesSkeleton lines={3} />;
  const funnel = query.data;
  const wide = widths(funnel.stages);
  const share = coverage(funnel);
  return (
    <div className="mini">
      <div className="mini-head">
        <strong className="num">{format.moneyShort(funnel.weighted, funnel.currency)}</strong>
        <span className="faint">
          {pipeline.name} ·{' '}
          {share === undefined
            ? t('funnel.noTarget')
            : t('funnel.ofTarget', { percent: `${Math.round(share * 100)}%` })}
        </span>
      </div>
      <FunnelTargetBar funnel={funnel} />
      <div className="mini-stages">
        {funnel.stages.map((stage, index) => (
          <div key={stage.stage} className="mini-stage">
            <span className="clip soft">{stage.name}</span>
            <span className="mini-track">
              <i style={{ width: `${wide[index] ?? 0}%` }}>
                <b style={{ width: `${stage.winRate}%` }} />
              </i>
            </span>
            <span className="num faint">{format.moneyShort(stage.amount, funnel.currency)}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
