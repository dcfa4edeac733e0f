/** Each album at its date, and the trend through them. */
import type { AlbumTrend, Range, TrendPoint } from '../etl/model/album-trend.ts';
import { toMinutesAxis, toMinutesScale, toYearsAxis } from './axes.ts';
import { type Chart, isNarrow, toFixed } from './chart.ts';
import { colour } from './colours.ts';

type Place = readonly [year: number, minutes: number];

export function createTrendChart(trend: AlbumTrend, points: readonly TrendPoint[]): Chart {
  const scale = toMinutesScale(points.map(({ minutes }) => minutes));
  const end = scale.max;
  const years: Range = trend.years ?? [2000, 2000];
  const above = points.filter(({ minutes }) => minutes > end).length;
  return {
    title: 'Length of each album',
    description: describe(trend, above),
    heightOf: () => 400,
    tips: 'item',
    table: {
      head: ['Year', 'Artist', 'Album', 'Minutes'],
      rows: points.map((each) => [
        String(Math.floor(each.year)),
        each.artist,
        each.album,
        toFixed(each.minutes),
      ]),
    },
    toOption: (width) => ({
      grid: { left: 48, right: 24, top: 30, bottom: 44 },
      xAxis: toYearsAxis(years, isNarrow(width)),
      yAxis: toMinutesAxis(scale),
      series: [
        createBand(trend, years),
        {
          type: 'scatter',
          symbolSize: isNarrow(width) ? 6 : 7,
          itemStyle: { color: colour('mark'), opacity: 0.65 },
          data: points.map(({ minutes, year }) =>
            minutes > end ? { value: [year, end], symbol: 'triangle' } : [year, minutes],
          ),
        },
        createLine(lineOf(trend, years, trend.within_artist_slope), 'dashed'),
        createLine(lineOf(trend, years, trend.slope_minutes_per_decade), 'solid'),
      ],
    }),
  };
}

function describe(trend: AlbumTrend, above: number): string {
  const { families, slope_minutes_per_decade: slope, within_artist_slope: within } = trend;
  if (slope === undefined) return `A dot for each of ${families} albums; too few for a trend.`;
  const own =
    within === undefined
      ? ''
      : ` A dashed line: the same artist over time, ${toFixed(within)} minutes a decade.`;
  const more = above > 0 ? ` Longer albums stand as triangles at the upper edge: ${above}.` : '';
  return `A dot for each of ${families} albums, by its date and its length. A line: the trend, ${toFixed(slope)} minutes a decade, with the range of its uncertainty.${own}${more}`;
}

/** Through the medians, where a slope of Theil and Sen turns. */
function lineOf({ middle }: AlbumTrend, years: Range, slope: number | undefined): Place[] {
  if (middle === undefined || slope === undefined) return [];
  return [years[0], years[1] + 1].map((year) => [
    year,
    middle[1] + (slope * (year - middle[0])) / 10,
  ]);
}

function createLine(data: readonly Place[], type: 'solid' | 'dashed'): object {
  const lineStyle = { color: colour('accent'), width: type === 'solid' ? 3 : 2, type };
  return { type: 'line', data, symbol: 'none', silent: true, lineStyle };
}

type RenderApi = { readonly coord: (place: Place) => readonly number[] };

/** Between the steepest and the flattest trend of the interval. */
function createBand(trend: AlbumTrend, years: Range): object {
  const [low = [], high = []] = (trend.interval ?? []).map((slope) => lineOf(trend, years, slope));
  const corners: Place[] = [...low, ...[...high].reverse()];
  const [a, b, c, d] = corners;
  const outline = a && b && c && d ? [a, d, b, c] : [];
  const renderItem = (_: unknown, api: RenderApi): object => ({
    type: 'polygon',
    shape: { points: outline.map((place) => api.coord(place)) },
    style: { fill: colour('band'), opacity: 0.55 },
  });
  return {
    type: 'custom',
    renderItem,
    data: outline.length === 0 ? [] : [[0, 0]],
    clip: true,
    silent: true,
  };
}
