/** How many there are, from one moment to the next. */

import { LABEL, LINES } from './axes.ts';
import { toAmountAxis } from './bars.ts';
import { type Chart, type ChartTable, isNarrow } from './chart.ts';
import { colour } from './colours.ts';
import { toTimeLabels } from './time-labels.ts';

type Growth = {
  readonly title: string;
  readonly description: string;
  readonly unit: string;
  /** In order; the time is shown as if it were UTC. */
  readonly points: readonly { readonly atMs: number; readonly size: number }[];
  readonly table: ChartTable;
};

/** The rows of the table are those of the points. */
export function createGrowthChart({ points, table, unit, ...words }: Growth): Chart {
  return {
    ...words,
    heightOf: () => 260,
    tips: 'axis',
    table,
    toOption: (width) => ({
      grid: { left: 48, right: 20, top: 34, bottom: 30 },
      xAxis: {
        ...LINES,
        type: 'value',
        min: 'dataMin',
        max: 'dataMax',
        splitLine: { show: false },
        axisLabel: {
          ...LABEL,
          hideOverlap: true,
          ...toTimeLabels(toSpan(points), isNarrow(width) ? 4 : 9),
        },
      },
      yAxis: toAmountAxis(unit),
      series: [
        {
          type: 'line',
          step: 'end',
          data: points.map(({ atMs, size }) => [atMs, size]),
          symbol: points.length < 40 ? 'circle' : 'none',
          symbolSize: 6,
          itemStyle: { color: colour('mark') },
          lineStyle: { color: colour('mark'), width: 2.5 },
          areaStyle: { color: colour('tint'), opacity: 0.8 },
          emphasis: { disabled: true },
        },
      ],
    }),
  };
}

const toSpan = (points: Growth['points']): { fromMs: number; untilMs: number } => ({
  fromMs: points[0]?.atMs ?? 0,
  untilMs: points.at(-1)?.atMs ?? 0,
});
