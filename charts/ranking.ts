/** A bar for each name, the longest first. */
import { LABEL, LINES, toNamesAxis } from './axes.ts';
import { type Chart, isNarrow, toCount, toHead, toTenth } from './chart.ts';
import { colour } from './colours.ts';

type Ranking = {
  readonly title: string;
  readonly unit: string;
  readonly rows: readonly { readonly name: string; readonly value: number }[];
};

const ROW_HEIGHT = 26;

export function createRankingChart({ rows, title, unit }: Ranking): Chart {
  const [first] = rows;
  const best =
    first === undefined ? '' : ` First: ${first.name}, with ${toCount(first.value)} ${unit}.`;
  return {
    title,
    description: `A bar for each of ${rows.length}, by ${unit}.${best}`,
    heightOf: () => 24 + ROW_HEIGHT * Math.max(1, rows.length),
    tips: 'item',
    table: {
      head: ['Name', toHead(unit)],
      rows: rows.map(({ name, value }) => [name, toTenth(value)]),
    },
    toOption: (width) => {
      const namesWidth = isNarrow(width) ? 110 : 220;
      return {
        grid: { left: namesWidth + 16, right: 64, top: 8, bottom: 8 },
        xAxis: { ...LINES, type: 'value', show: false, min: 0 },
        yAxis: toNamesAxis(
          rows.map(({ name }) => name),
          namesWidth,
        ),
        series: [
          {
            type: 'bar',
            data: rows.map(({ value }) => value),
            barMaxWidth: 16,
            itemStyle: { color: colour('mark'), borderRadius: [0, 3, 3, 0] },
            emphasis: { itemStyle: { color: colour('accent') } },
            label: {
              ...LABEL,
              show: true,
              position: 'right',
              formatter: ({ value }: { readonly value: number }) => toCount(value),
            },
          },
        ],
      };
    },
  };
}
