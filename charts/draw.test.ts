import fc from 'fast-check';
import { toAlbumFamilies } from '../etl/transform/album-families.ts';
import { toAlbumTrend, toTrendPoints } from '../etl/transform/album-trend.ts';
import { CATALOGUE } from '../test/fixtures/albums/catalogue.ts';
import { createArtistsChart } from './album-artists.ts';
import { createDecadesChart } from './album-decades.ts';
import { createTrendChart } from './album-trend.ts';
import { createBarsChart, toMonthStep, toStepAxis } from './bars.ts';
import { createCalendarChart } from './calendar-heat-map.ts';
import { toLevels } from './cells.ts';
import { type Chart, PHONE_WIDTH, WIDE_WIDTH } from './chart.ts';
import { MONTHS as MONTH_NAMES } from './days.ts';
import { drawSvg } from './draw.ts';
import { createGrowthChart } from './growth.ts';
import { useAllKinds } from './kinds.ts';
import { createRankingChart } from './ranking.ts';
import { createRateChart } from './rate.ts';
import { toTimeLabels } from './time-labels.ts';
import { createWeekHoursChart } from './week-hours.ts';

const NAMES = new Map([
  ['A', '椎名林檎'],
  ['B', 'Summer 🌴☀️ & <b>Friends</b>'],
  ['C', 'A very long name that goes on and on and on and on'],
]);
const families = toAlbumFamilies(CATALOGUE);
const trend = toAlbumTrend(families, NAMES);
const points = toTrendPoints(families, NAMES);
const VALUES = Array.from({ length: 800 }, (_, at) => (at * 7) % 41);
const MONTHS = Array.from({ length: 30 }, (_, at) => toMonthStep(2024 * 12 + at));
const HOURS = Array.from({ length: 7 }, (_, weekday) =>
  Array.from({ length: 24 }, (_hour, hour) => weekday * hour),
);
const WORDS = {
  title: 'Size',
  description: 'How many songs there were in it, over all the days since then.',
  table: { head: ['Day', 'Songs'], rows: [['1 Jan 2026', 4]] },
};
const DAYS = {
  from: 20_000,
  values: VALUES,
  gaps: VALUES.map((_, at) => Number(at < 9)),
  unit: 'plays',
  firstWeekday: 1,
};
const CHARTS: readonly (readonly [string, Chart])[] = [
  ['trend', createTrendChart(trend, points)],
  ['decades', createDecadesChart(trend.decades)],
  ['artists', createArtistsChart(trend.by_artist)],
  ['days', createCalendarChart(DAYS)],
  ['hours', createWeekHoursChart({ values: HOURS, unit: 'plays', firstWeekday: 0 })],
  [
    'months',
    createBarsChart({ ...WORDS, unit: 'plays', steps: MONTHS, values: VALUES.slice(0, 30) }),
  ],
  [
    'ranks',
    createRankingChart({
      title: 'Artists',
      unit: 'plays',
      rows: [...NAMES.values()].map((name, at) => ({ name, value: 9 - at })),
    }),
  ],
  ['sizes', createGrowthChart({ ...WORDS, unit: 'songs', points: [{ atMs: 0, size: 4 }] })],
  ['shares', createRateChart({ ...WORDS, steps: MONTHS.slice(0, 2), shares: [0.5, undefined] })],
];

beforeAll(useAllKinds);

describe.each(CHARTS)('the chart of %s', (_, chart) => {
  it('is the same twice', () => {
    const [one, other] = [1, 2].map(() => drawSvg(chart, WIDE_WIDTH));
    expect(other).toBe(one);
    expect(drawSvg(chart, PHONE_WIDTH)).not.toBe(one);
  });

  it('has a name and a description, and nothing from elsewhere', () => {
    const svg = drawSvg(chart, WIDE_WIDTH);
    expect(svg).toMatch(/^<svg role="img" aria-labelledby="title description" /);
    expect(svg).toContain(`<title id="title">${chart.title}</title>`);
    expect(chart.description.length).toBeGreaterThan(40);
    expect(svg).not.toMatch(/<script|href="http|url\(http|zr\d/);
    expect(svg).not.toContain('<b>');
  });

  it('has colours of both schemes, and no other', () => {
    const svg = drawSvg(chart, WIDE_WIDTH)
      .replace(/<style>.*?<\/style>/s, '')
      .replaceAll(/<path [^>]*fill-opacity="0"[^>]*>/g, '');
    const colours = [...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, value]) => value);
    // A clipping path has no colour that is seen.
    const fixed = colours.filter(
      (value) => !/^(?:var\(--[a-z]+\d?\)|url\(#c\d+\)|none|#000)$/.test(value ?? ''),
    );
    expect(fixed).toEqual([]);
  });

  it('has a row of its table for each thing that it shows', () => {
    expect(chart.table.rows.length).toBeGreaterThan(0);
    for (const row of chart.table.rows) expect(row).toHaveLength(chart.table.head.length);
  });
});

test('much is rare, and one wild value does not pale the others', () => {
  const { bounds, levelOf } = toLevels([0, 0, ...VALUES, 9999]);
  expect(bounds).toEqual([1, 14, 26, 35, 39, 9999]);
  expect([0, 1, 13, 14, 40, 9999].map(levelOf)).toEqual([0, 1, 1, 2, 5, 5]);
  expect(toLevels([3, 3, 3]).bounds).toEqual([3, 3]);
  expect(toLevels([3, 3, 3]).levelOf(3)).toBe(5);
  expect(toLevels([0]).levelOf(0)).toBe(0);
});

test('days that can be incomplete are hatched, and the description counts them', () => {
  const chart = createCalendarChart(DAYS);
  expect(chart.description).toContain('9 days with a gap');
  expect(drawSvg(chart, WIDE_WIDTH)).toContain('<pattern');
  expect(chart.table.rows[0]).toEqual(['Fri 4 Oct 2024', 0, 'yes']);
});

type Drawn = {
  readonly data: readonly unknown[];
  readonly renderItem: (at: { readonly dataIndex: number }) => {
    readonly shape: { readonly x: number; readonly y: number; readonly width: number };
  };
};

test('a calendar has a place of its own for each day, and none is out of sight', () => {
  const lengths = fc.integer({ min: 1, max: 1_500 });
  const widths = fc.integer({ min: 280, max: 1_300 });
  fc.assert(
    fc.property(
      fc.record({ from: fc.nat(25_000), firstWeekday: fc.nat(6) }),
      lengths,
      widths,
      (given, length, width) => {
        const values = Array.from({ length }, () => 1);
        const chart = createCalendarChart({ ...DAYS, ...given, values });
        const { series } = chart.toOption(width) as { series: readonly [Drawn] };
        const [{ data, renderItem }] = series;
        const shapes = data.map((_, dataIndex) => renderItem({ dataIndex }).shape);
        expect(new Set(shapes.map(({ x, y }) => `${x} ${y}`)).size).toBe(length);
        const highest = (ends: readonly number[]): number =>
          ends.reduce((one, other) => Math.max(one, other), 0);
        expect(highest(shapes.map((shape) => shape.x + shape.width))).toBeLessThanOrEqual(width);
        expect(highest(shapes.map(({ y }) => y + 12))).toBeLessThan(chart.heightOf(width) - 20);
      },
    ),
    { numRuns: 60 },
  );
});

test('a year of days is one block, several years and halves of years on a phone have one each', () => {
  const heightOf = (length: number, width: number): number =>
    createCalendarChart({ ...DAYS, values: VALUES.slice(0, length), gaps: [] }).heightOf(width);
  expect(heightOf(365, WIDE_WIDTH)).toBeLessThan(heightOf(800, WIDE_WIDTH) / 2);
  expect(heightOf(365, PHONE_WIDTH)).toBeGreaterThan(2 * heightOf(365, WIDE_WIDTH));
});

test.each([
  ['12 from Jan 2025', 16, '2025 Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'],
  ['24 from Feb 2025', 16, 'Mar May Jul Sep Nov 2026 Mar May Jul Sep Nov 2027'],
  ['36 from Mar 2024', 16, 'Apr Jul Oct 2025 Apr Jul Oct 2026 Apr Jul Oct 2027'],
  ['24 from Feb 2025', 7, 'May Sep 2026 May Sep 2027'],
  ['120 from Mar 2016', 16, '2017 2018 2019 2020 2021 2022 2023 2024 2025 2026'],
])('months, %s, on an axis with room for %i labels', (asked, room, labels) => {
  const [, length = '', first = ''] = /(\d+) from (.+)/.exec(asked) ?? [];
  const from = 12 * Number(first.slice(4)) + MONTH_NAMES.indexOf(first.slice(0, 3));
  const steps = Array.from({ length: Number(length) }, (_, at) => toMonthStep(from + at));
  const axis = toStepAxis(steps, room === 7 ? PHONE_WIDTH : WIDE_WIDTH) as {
    axisLabel: { interval: (at: number) => boolean };
  };
  const shown = steps.filter((_, at) => axis.axisLabel.interval(at)).map(({ label }) => label);
  expect(shown.join(' ')).toBe(labels);
});

test.each([
  ['2016-05-03', '2026-11-29', ['2018', '2020', '2022', '2024', '2026']],
  ['2026-01-15', '2026-07-02', ['Mar 2026', 'May 2026', 'Jul 2026']],
  ['2026-02-20', '2026-03-05', ['20 Feb', '23 Feb', '26 Feb', '1 Mar', '4 Mar']],
  ['2026-02-20', '2026-02-20', ['20 Feb']],
])('an axis from %s to %s has labels where years, months or days begin', (from, until, labels) => {
  const { customValues, formatter } = toTimeLabels(
    { fromMs: Date.parse(from), untilMs: Date.parse(until) },
    6,
  );
  expect(customValues.map(formatter)).toEqual(labels);
});

test('a very long album does not spoil the scale', () => {
  const box = { artist: 'A', album: 'Box', year: 2001, minutes: 1_200 };
  const chart = createTrendChart(trend, [...points, ...points, ...points, box]);
  expect(chart.description).toContain('triangles at the upper edge: 1.');
  expect(drawSvg(chart, WIDE_WIDTH)).not.toContain('>1200<');
});

test('without albums there are empty charts', () => {
  const nothing = toAlbumTrend([], new Map());
  for (const chart of [
    createTrendChart(nothing, []),
    createDecadesChart(nothing.decades),
    createArtistsChart(nothing.by_artist),
  ]) {
    expect(drawSvg(chart, WIDE_WIDTH)).toContain('</svg>');
  }
});
