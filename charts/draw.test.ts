import { toAlbumFamilies } from '../etl/transform/album-families.ts';
import { toAlbumTrend, toTrendPoints } from '../etl/transform/album-trend.ts';
import { CATALOGUE } from '../test/fixtures/albums/catalogue.ts';
import { createArtistsChart } from './album-artists.ts';
import { createDecadesChart } from './album-decades.ts';
import { createTrendChart } from './album-trend.ts';
import { type Chart, PHONE_WIDTH, WIDE_WIDTH } from './chart.ts';
import { drawSvg } from './draw.ts';

const NAMES = new Map([
  ['A', '椎名林檎'],
  ['B', 'Summer 🌴☀️ & <b>Friends</b>'],
  ['C', 'A very long name that goes on and on and on and on'],
]);
const families = toAlbumFamilies(CATALOGUE);
const trend = toAlbumTrend(families, NAMES);
const points = toTrendPoints(families, NAMES);
const CHARTS: readonly (readonly [string, Chart])[] = [
  ['trend', createTrendChart(trend, points)],
  ['decades', createDecadesChart(trend.decades)],
  ['artists', createArtistsChart(trend.by_artist)],
];

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
    const fixed = colours.filter((value) => !/^(?:var\(--[a-z]+\)|none|#000)$/.test(value ?? ''));
    expect(fixed).toEqual([]);
  });

  it('has a row of its table for each thing that it shows', () => {
    expect(chart.table.rows.length).toBeGreaterThan(0);
    for (const row of chart.table.rows) expect(row).toHaveLength(chart.table.head.length);
  });
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
