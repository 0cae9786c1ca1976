import { useTranslation } from 'react-i18next';
import type { Funnel } from '../api/types';
import { palettes, useLook } from '../app/theme';
import { useFormat } from '../ui/format';
import { widths } from './funnelMaths';

/** The funnel as a picture: each stage as wide as the amount in it, so that a bulge shows where deals get stuck. A click drills down. */
export function FunnelChart({ funnel, onPick }: { funnel: Funnel; onPick: (stage: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shades = palettes[useLook()].stages;
  const wide = widths(funnel.stages);
  const last = Math.max(1, funnel.stages.length - 1);
  return (
    <ol className="funnel-chart" data-testid="funnel-chart">
      {funnel.stages.map((stage, index) => {
        const money = (amount: string | null) => format.money({ amount, currency: funnel.currency });
        const width = wide[index] ?? 0;
        return (
          <li key={stage.stage}>
            <button
              type="button"
              className={width === 0 ? 'funnel-bar-row funnel-bar-none' : 'funnel-bar-row'}
              onClick={() => onPick(stage.stage)}
              title={[
                stage.name,
                `${t('funnel.count')} ${format.number(stage.count)}`,
                `${t('funnel.amount')} ${money(stage.amount)}`,
                `${t('funnel.weighted')} ${money(stage.weighted)}`,
              ].join('\n')}
              data-testid={`funnel-bar-${stage.stage}`}
            >
              <span>{stage.name}</span>
              <span className="funnel-bar-track">
                <i
                  style={{
                    width: `${width}%`,
                    background: shades[Math.round((index / last) * (shades.length - 2))],
                  }}
                />
              </span>
              <span className="num">
                {stage.amount === null ? format.number(stage.count) : format.moneyShort(stage.amount, funnel.currency)}
              </span>
            </button>
          </li>
        );
      })}
    </ol>
  );
}
