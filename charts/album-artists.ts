/** Each artist's first and latest decade. */
import type { ArtistLengths } from '../etl/model/album-trend.ts';
import { LABEL, toMinutesAxis, toMinutesScale, toNamesAxis } from './axes.ts';
import { type Chart, isNarrow, toFixed } from './chart.ts';
import { colour } from './colours.ts';

const ROW_HEIGHT = 26;
/** Without a page, widths of letters are estimates. */
const ROOM = 1.3;

export function createArtistsChart(artists: readonly ArtistLengths[]): Chart {
  const medians = artists.flatMap((each) => [each.first_median, each.latest_median]);
  const scale = toMinutesScale(medians, 1);
  return {
    title: 'Length of albums by artist',
    description:
      "For each artist, an open dot for the median of the first decade and a full one for that of the latest, with a line between them. One full dot: all of the artist's albums are of one decade.",
    heightOf: () => 64 + ROW_HEIGHT * Math.max(1, artists.length),
    table: {
      head: ['Artist', 'Albums', 'Median', 'First decade', 'Latest decade'],
      rows: artists.map((each) => [
        each.artist,
        each.families,
        toFixed(each.median),
        `${each.first_decade}s: ${toFixed(each.first_median)}`,
        `${each.latest_decade}s: ${toFixed(each.latest_median)}`,
      ]),
    },
    toOption: (width) => {
      const namesWidth = isNarrow(width) ? 90 : 150;
      return {
        grid: { left: namesWidth * ROOM + 12, right: 20, top: 8, bottom: 48 },
        xAxis: {
          ...toMinutesAxis(scale),
          nameLocation: 'middle',
          nameGap: 28,
          nameTextStyle: LABEL,
        },
        yAxis: toNamesAxis(
          artists.map(({ artist }) => artist),
          namesWidth,
        ),
        series: toSeries(artists),
      };
    },
  };
}

function toSeries(artists: readonly ArtistLengths[]): object[] {
  const hasTwo = ({ first_decade, latest_decade }: ArtistLengths): boolean =>
    first_decade !== latest_decade;
  return [
    ...artists.map((each, at) => ({
      type: 'line',
      silent: true,
      symbol: 'none',
      lineStyle: { color: colour('hollow'), width: 2 },
      data: [each.first_median, each.latest_median].map((value) => [value, at]),
    })),
    createDots(
      artists.flatMap((each, at) => (hasTwo(each) ? [[each.first_median, at]] : [])),
      { color: colour('background'), borderColor: colour('mark'), borderWidth: 2 },
    ),
    createDots(
      artists.map((each, at) => [each.latest_median, at]),
      { color: colour('mark') },
    ),
  ];
}

function createDots(data: readonly (readonly number[])[], itemStyle: object): object {
  return { type: 'scatter', symbolSize: 10, itemStyle: { ...itemStyle, opacity: 1 }, data };
}
