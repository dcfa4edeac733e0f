/** The middle half of each decade's albums. */
import type { Decade } from '../etl/model/album-trend.ts';
import { LABEL, LINES, toMinutesAxis, toMinutesScale } from './axes.ts';
import { type Chart, type ChartTable, isNarrow, toFixed } from './chart.ts';
import { colour } from './colours.ts';

export function createDecadesChart(decades: readonly Decade[]): Chart {
  const scale = toMinutesScale(decades.map(({ quartiles }) => quartiles[1]));
  const thin = decades.filter(({ is_interpreted }) => !is_interpreted).length;
  return {
    title: 'Length of albums by decade',
    description: `A box for the middle half of each decade's albums, with a line at the median. Below it: how many albums, and by how many artists.${thin > 0 ? ` Boxes with a broken outline are of fewer than five artists and say nothing about their decade: ${thin}.` : ''}`,
    heightOf: () => 350,
    tips: 'item',
    table: toTable(decades),
    toOption: (width) => ({
      grid: { left: 48, right: 16, top: 30, bottom: 66 },
      xAxis: {
        ...LINES,
        type: 'category',
        data: decades.map((each) => toLabel(each, isNarrow(width) && decades.length > 5)),
        axisLabel: { ...LABEL, interval: 0, lineHeight: 16 },
      },
      yAxis: toMinutesAxis(scale),
      series: [
        {
          type: 'boxplot',
          boxWidth: [12, 56],
          data: decades.map(({ is_interpreted, median, quartiles: [low, high] }) => ({
            value: [low, low, median, high, high],
            itemStyle: is_interpreted
              ? { color: colour('band'), borderColor: colour('accent'), borderWidth: 2 }
              : {
                  color: 'none',
                  borderColor: colour('hollow'),
                  borderWidth: 1.5,
                  borderType: 'dashed',
                },
          })),
        },
      ],
    }),
  };
}

function toTable(decades: readonly Decade[]): ChartTable {
  return {
    head: ['Decade', 'Albums', 'Artists', 'Median', 'Middle half', 'Shortest', 'Longest'],
    rows: decades.map(({ artists, decade, families, is_interpreted, median, quartiles, range }) => [
      `${decade}s${is_interpreted ? '' : ' (few artists)'}`,
      families,
      artists,
      toFixed(median),
      `${toFixed(quartiles[0])} to ${toFixed(quartiles[1])}`,
      toFixed(range[0]),
      toFixed(range[1]),
    ]),
  };
}

/** `1980s`, the number of albums and that of artists. */
function toLabel({ artists, decade, families }: Decade, isShort: boolean): string {
  const name = isShort ? `’${String(decade).slice(2)}s` : `${decade}s`;
  return isShort
    ? `${name}\n${families}\n${artists}`
    : `${name}\n${families} album${families === 1 ? '' : 's'}\n${artists} artist${artists === 1 ? '' : 's'}`;
}
