import { useTranslation } from 'react-i18next';
import type { Funnel } from '../api/types';
import { fromCents, toCents, useFormat } from '../ui/format';

/** Weighted value against the target: filled, imagined on top, and what is missing. Nothing without a target: a full bar would say that it is reached. */
export function FunnelTargetBar({ funnel, imaginedCents }: { funnel: Funnel; imaginedCents?: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const weighted = toCents(funnel.weighted);
  const target = funnel.target === null ? 0 : toCents(funnel.target);
  if (target === 0) return null;
  const end = Math.max(weighted, target, imaginedCents ?? 0);
  const part = (cents: number) => `${Math.min(100, (cents / end) * 100)}%`;
  const more = Math.max(0, (imaginedCents ?? weighted) - weighted);
  return (
    <div
      className="target-bar"
      role="img"
      aria-label={t('funnel.ofTarget', { percent: `${Math.round((weighted / target) * 100)}%` })}
    >
      <div className="target-track">
        <i className={weighted >= target ? 'target-fill reached' : 'target-fill'} style={{ width: part(weighted) }} />
        {more > 0 ? <i className="target-wish" style={{ left: part(weighted), width: part(more) }} /> : null}
        <b style={{ left: part(target) }} />
      </div>
      <div className="target-legend num">
        <span>{format.moneyShort(fromCents(weighted), funnel.currency)}</span>
        <span className="faint">{format.moneyShort(fromCents(target), funnel.currency)}</span>
      </div>
    </div>
  );
}
