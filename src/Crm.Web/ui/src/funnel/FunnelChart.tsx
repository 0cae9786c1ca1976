import { FunnelChart as FunnelSeries } from 'echarts/charts';
import { TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Funnel } from '../api/types';
import { fontFamily, palettes, useLook } from '../app/theme';
import { toCents, useFormat } from '../ui/format';

use([FunnelSeries, TooltipComponent, SVGRenderer]);

/** The funnel as a picture; a click on a stage drills down. */
export function FunnelChart({ funnel, onPick }: { funnel: Funnel; onPick: (stage: string) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const look = useLook();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<ReturnType<typeof init>>(undefined);
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  });

  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const made = init(element, undefined, { renderer: 'svg' });
    chart.current = made;
    made.on('click', (event) => {
      const data = event.data as { stage?: string } | null;
      if (data?.stage) pick.current(data.stage);
    });
    const observer = new ResizeObserver(() => made.resize());
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.dispose();
      chart.current = undefined;
    };
  }, []);

  useEffect(() => {
    const palette = palettes[look];
    const count = funnel.stages.length;
    chart.current?.setOption({
      textStyle: { fontFamily, fontSize: 12 },
      animationDurationUpdate: 350,
      tooltip: {
        trigger: 'item',
        backgroundColor: palette.raised,
        borderColor: palette.line,
        textStyle: { color: palette.text, fontSize: 12 },
        formatter: (item: { dataIndex: number }) => {
          const stage = funnel.stages[item.dataIndex];
          if (!stage) return '';
          return [
            stage.name,
            `${t('funnel.count')} ${format.number(stage.count)}`,
            `${t('funnel.amount')} ${format.money({ amount: stage.amount, currency: funnel.currency })}`,
            `${t('funnel.weighted')} ${format.money({ amount: stage.weighted, currency: funnel.currency })}`,
          ]
            .map((line) => line.replaceAll('&', '&amp;').replaceAll('<', '&lt;'))
            .join('<br/>');
        },
      },
      series: [
        {
          type: 'funnel',
          sort: 'none',
          left: 8,
          right: 8,
          top: 6,
          bottom: 6,
          gap: 3,
          minSize: '42%',
          min: 0,
          max: Math.max(1, ...funnel.stages.map((stage) => toCents(stage.amount))),
          funnelAlign: 'center',
          label: {
            position: 'inside',
            fontSize: 12,
            formatter: (item: { dataIndex: number }) => {
              const stage = funnel.stages[item.dataIndex];
              return stage ? `${stage.name}  ${format.moneyShort(stage.amount, funnel.currency)}` : '';
            },
          },
          itemStyle: { borderWidth: 0, borderRadius: 5 },
          emphasis: { label: { fontWeight: 600 } },
          // As wide as the amount in the stage, but never too narrow for its name: a bulge shows where deals get stuck.
          data: funnel.stages.map((stage, index) => {
            const shade = Math.round((index / Math.max(1, count - 1)) * (palette.stages.length - 2));
            const dark = look === 'light' ? shade >= 2 : shade < 3;
            return {
              name: stage.name,
              stage: stage.stage,
              value: toCents(stage.amount),
              itemStyle: { color: palette.stages[shade] },
              label: { color: dark ? '#ffffff' : '#14183a' },
            };
          }),
        },
      ],
    });
  }, [funnel, look, format, t]);

  return (
    <div
      ref={box}
      className="funnel-chart"
      style={{ height: Math.max(220, funnel.stages.length * 52) }}
      data-testid="funnel-chart"
    />
  );
}
