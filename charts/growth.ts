/** How many there are, from one moment to the next. */

import { LABEL, LINES } from './axes.ts';
import { toAmountAxis } from './bars.ts';
import { type Chart, type ChartTable, isNarrow } from './chart.ts';
import { colour } from './colours.ts';

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
    height: 260,
    tips: 'axis',
    table,
    toOption: (width) => ({
      useUTC: true,
      grid: { left: 48, right: 20, top: 34, bottom: 30 },
      xAxis: {
        ...LINES,
        type: 'time',
        splitLine: { show: false },
        splitNumber: isNarrow(width) ? 3 : 7,
        axisLabel: { ...LABEL, hideOverlap: true },
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
