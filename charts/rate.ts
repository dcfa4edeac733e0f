/** A share over time, in percent. */
import { LABEL, LINES } from './axes.ts';
import { type Step, toStepAxis } from './bars.ts';
import { type Chart, type ChartTable } from './chart.ts';
import { colour } from './colours.ts';

type Rate = {
  readonly title: string;
  readonly description: string;
  readonly steps: readonly Step[];
  /** 0 to 1; undefined where there is nothing to take a share of. */
  readonly shares: readonly (number | undefined)[];
  readonly table: ChartTable;
};

export function createRateChart({ shares, steps, table, ...words }: Rate): Chart {
  return {
    ...words,
    heightOf: () => 240,
    tips: 'axis',
    table,
    toOption: (width) => ({
      grid: { left: 48, right: 8, top: 20, bottom: 30 },
      xAxis: toStepAxis(steps, width),
      yAxis: {
        ...LINES,
        axisLine: { show: false },
        type: 'value',
        min: 0,
        splitNumber: 4,
        axisLabel: { ...LABEL, formatter: '{value} %' },
      },
      series: [
        {
          type: 'line',
          data: shares.map((share) => (share === undefined ? '-' : Math.round(share * 1000) / 10)),
          symbol: shares.length < 40 ? 'circle' : 'none',
          symbolSize: 6,
          itemStyle: { color: colour('mark') },
          lineStyle: { color: colour('mark'), width: 2.5 },
          emphasis: { disabled: true },
        },
      ],
    }),
  };
}
