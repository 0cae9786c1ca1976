import { Button, Slider } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Funnel } from '../api/types';
import { Panel } from '../ui/Bits';
import { fromCents, toCents, useFormat } from '../ui/format';
import { imagine, type Wishes } from './funnelMaths';

interface Props {
  readonly funnel: Funnel;
  readonly wishes: Wishes;
  readonly onWish: (wishes: Wishes) => void;
}

/** The two levers of FUN-03, computed here and now; nothing is saved. */
export function FunnelWhatIf({ funnel, wishes, onWish }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const outlook = imagine(funnel, wishes);
  const most = Math.max(1_000_000_00, ...funnel.stages.map((stage) => toCents(stage.amount)));
  const wished = Object.keys(wishes).length > 0;
  const short = (cents: number) => format.moneyShort(fromCents(cents), funnel.currency);
  return (
    <Panel
      title={t('funnel.whatIf')}
      testId="funnel-what-if"
      extra={
        wished ? (
          <Button type="text" size="small" onClick={() => onWish({})} data-testid="what-if-reset">
            {t('funnel.reset')}
          </Button>
        ) : null
      }
    >
      <p className="soft what-if-text">{t('funnel.whatIfText')}</p>
      <div className="what-if">
        <span />
        <span className="faint">{t('funnel.extra')}</span>
        <span className="faint">{t('funnel.winRate')}</span>
        {funnel.stages.map((stage) => {
          const wish = wishes[stage.stage] ?? { extraCents: 0, winRate: stage.winRate };
          const set = (change: Partial<typeof wish>) => onWish({ ...wishes, [stage.stage]: { ...wish, ...change } });
          return (
            <div key={stage.stage} className="what-if-row">
              <span className="clip">{stage.name}</span>
              <div className="what-if-lever">
                <Slider
                  ariaLabelForHandle={`${t('funnel.extra')} · ${stage.name}`}
                  min={0}
                  max={Math.round(most / 100)}
                  step={Math.max(1, Math.round(most / 100 / 200))}
                  value={wish.extraCents / 100}
                  tooltip={{ open: false }}
                  onChange={(value: number) => set({ extraCents: value * 100 })}
                />
                <span className="num">{wish.extraCents > 0 ? `+${short(wish.extraCents)}` : '0'}</span>
              </div>
              <div className="what-if-lever">
                <Slider
                  ariaLabelForHandle={`${t('funnel.winRate')} · ${stage.name}`}
                  min={0}
                  max={100}
                  value={wish.winRate}
                  tooltip={{ open: false }}
                  onChange={(value: number) => set({ winRate: value })}
                />
                <span className={wish.winRate === stage.winRate ? 'num' : 'num what-if-changed'}>{wish.winRate}%</span>
              </div>
            </div>
          );
        })}
      </div>
      <div className="what-if-sum">
        <div>
          <span className="faint">{t('funnel.wouldBe')}</span>
          <strong className="num" data-testid="what-if-weighted">
            {short(outlook.weightedCents)}
          </strong>
        </div>
        <div>
          <span className="faint">{t('funnel.wouldGap')}</span>
          <strong className={outlook.gapCents === 0 ? 'num reached-text' : 'num'} data-testid="what-if-gap">
            {outlook.gapCents === undefined
              ? '—'
              : outlook.gapCents === 0
                ? t('funnel.reached')
                : short(outlook.gapCents)}
          </strong>
        </div>
      </div>
    </Panel>
  );
}
