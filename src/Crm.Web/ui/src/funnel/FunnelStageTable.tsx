import { RightOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { Condition } from '../api/filter';
import type { Funnel } from '../api/types';
import { fromCents, toCents, useFormat } from '../ui/format';

/** The list that a stage of this funnel counts. */
export function drillDown(funnel: Funnel, stage: string, ownerId: string | undefined): Condition[] {
  return [
    { field: 'pipeline', op: 'in', value: [funnel.pipeline] },
    { field: 'stage', op: 'in', value: [stage] },
    funnel.month
      ? { field: 'funnelMonth', op: 'month', value: funnel.month }
      : { field: 'status', op: 'in', value: ['open', 'won'] },
    ...(ownerId ? [{ field: 'ownerId', op: 'in', value: [ownerId] } as const] : []),
  ];
}

export function FunnelStageTable({ funnel, ownerId }: { funnel: Funnel; ownerId: string | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = funnel.stages.reduce((sum, stage) => sum + toCents(stage.amount), 0);
  const count = funnel.stages.reduce((sum, stage) => sum + stage.count, 0);
  const money = (value: string | null) => format.money({ amount: value, currency: funnel.currency });
  return (
    <div className="table-box">
      <table className="plain-table pin-first funnel-table">
        <thead>
          <tr>
            <th>{t('funnel.stage')}</th>
            <th className="right">{t('funnel.winRate')}</th>
            <th className="right">{t('funnel.count')}</th>
            <th className="right">{t('funnel.amount')}</th>
            <th className="right">{t('funnel.weighted')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {funnel.stages.map((stage) => (
            <tr key={stage.stage} data-testid={`funnel-stage-${stage.stage}`}>
              <td>
                <Link
                  to="/opportunities"
                  search={{ where: drillDown(funnel, stage.stage, ownerId) }}
                  className="cell-name"
                >
                  {stage.name}
                </Link>
              </td>
              <td className="right num soft">{stage.winRate}%</td>
              <td className="right num">{format.number(stage.count)}</td>
              <td className="right num">{money(stage.amount)}</td>
              <td className="right num">{money(stage.weighted)}</td>
              <td className="right">
                <Link
                  to="/opportunities"
                  search={{ where: drillDown(funnel, stage.stage, ownerId) }}
                  aria-label={t('funnel.drill', { stage: stage.name })}
                  data-testid={`funnel-drill-${stage.stage}`}
                  className="faint"
                >
                  <RightOutlined />
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>{t('funnel.total')}</td>
            <td />
            <td className="right num">{format.number(count)}</td>
            <td className="right num">{money(funnel.weighted === null ? null : fromCents(amount))}</td>
            <td className="right num">{money(funnel.weighted)}</td>
            <td />
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
