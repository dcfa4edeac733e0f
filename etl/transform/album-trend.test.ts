import { CATALOGUE } from '../../test/fixtures/albums/catalogue.ts';
import type { KnownAlbum } from '../model/albums.ts';
import { toAlbumFamilies } from './album-families.ts';
import { toDecimalYear } from './album-points.ts';
import { toAlbumTrend, toTrendPoints } from './album-trend.ts';

const NAMES = new Map(['A', 'B', 'C'].map((id) => [id, `Artist ${id}`]));

type Given = { artist: string; date: string; minutes: number; tracks?: number };

const toKnown = ({ artist, date, minutes, tracks = 10 }: Given, at: number): KnownAlbum => ({
  artistId: artist,
  album: {
    album_id: `${at}`,
    album_uri: '',
    album_url: '',
    album_name: `Album ${at}`,
    album_release_date: date,
    album_num_tracks: tracks,
    album_duration: minutes * 60_000,
  },
  trackNames: [],
  isExplicit: false,
});

function trendOf(given: readonly Given[]) {
  const names = new Map(given.map(({ artist }) => [artist, artist]));
  return toAlbumTrend(toAlbumFamilies(given.map(toKnown)), names);
}

/** So many artists, an album every third year of thirty, each a little shorter or longer than the one before. */
const career = (artists: number, perDecade: number): Given[] =>
  Array.from({ length: artists }, (_, artist) =>
    Array.from({ length: 10 }, (_each, at) => ({
      artist: `a${artist}`,
      date: `${1990 + at * 3}-06-15`,
      minutes: 45 + (artist % 5) + (perDecade * at * 3) / 10 + ((artist + at) % 3) / 10,
    })),
  ).flat();

it.each([
  ['2000-01-01', 2000 + 0.5 / 366],
  ['2001-12-31', 2001 + 364.5 / 365],
  ['2001-07-02', 2001.5],
  ['1981-12', 1981 + (334 + 14.5) / 365],
  ['1981', 1981.5],
])('%s is %d', (date, year) => {
  expect(toDecimalYear(date)).toBeCloseTo(year, 12);
});

describe('the trend of the sixty albums', () => {
  const trend = toAlbumTrend(toAlbumFamilies(CATALOGUE), NAMES);

  it('counts every family once', () => {
    const { excluded, families, families_total } = trend;
    expect(families).toBe(20);
    expect(families + Object.values(excluded).reduce((sum, many) => sum + many, 0)).toBe(
      families_total,
    );
    expect(excluded).toMatchObject({ live: 2, volume: 3, year_uncertain: 1, not_measured: 1 });
    expect(trend).toMatchObject({ artists: 3, artists_total: 3, is_interval_trusted: false });
  });

  it('lists its albums by date', () => {
    const points = toTrendPoints(toAlbumFamilies(CATALOGUE), NAMES);
    const years = points.map(({ year }) => year);
    expect(years).toEqual([...years].sort((one, other) => one - other));
    expect(points[0]).toEqual({
      artist: 'Artist A',
      album: 'Abbey Lane',
      year: toDecimalYear('1969-09-26'),
      minutes: 48,
    });
  });

  it('interprets no decade with fewer than five artists', () => {
    expect(trend.decades.map(({ decade, is_interpreted }) => [decade, is_interpreted])).toEqual(
      [1960, 1970, 1980, 1990, 2000, 2010].map((decade) => [decade, false]),
    );
  });
});

describe('the verdict', () => {
  it.each([
    ['shorter', -2],
    ['longer', 2],
    ['unclear', 0],
  ])('is %s where that is so', (verdict, perDecade) => {
    const trend = trendOf(career(25, perDecade));
    expect(trend).toMatchObject({ verdict, is_interval_trusted: true, within_artists: 25 });
    expect(trend.slope_minutes_per_decade).toBeCloseTo(perDecade, 0);
    expect(trend.within_artist_slope).toBeCloseTo(perDecade, 0);
  });

  it('is that of the mixture where one early artist makes the trend', () => {
    const noise = (at: number): number => ((at * 7) % 11) - 5;
    const early = Array.from({ length: 30 }, (_, at) => ({
      artist: 'early',
      date: `${1965 + at}-05-01`,
      minutes: 70 + at / 10 + noise(at),
    }));
    const later = career(6, 1)
      .filter(({ date }) => date >= '2002')
      .map((album, at) => ({ ...album, minutes: album.minutes + noise(at) }));
    const trend = trendOf([...early, ...later]);
    expect(trend.verdict).toBe('composition');
    expect(trend.slope_minutes_per_decade).toBeLessThan(-4);
    expect(trend.within_artist_slope).toBeGreaterThan(-1);
  });

  it.each([[[]], [career(1, 1).slice(0, 3)], [career(9, 0).filter(({ date }) => date < '1991')]])(
    'is that there is too little to ask',
    (given) => {
      expect(trendOf(given).verdict).toBe('too_little');
    },
  );
});

test('the same albums say the same', () => {
  const given = career(12, -1);
  expect(trendOf(given)).toEqual(trendOf(given));
});

describe('too few artists', () => {
  it('have no interval: samples of one are all equal', () => {
    expect(trendOf(career(1, -2))).toMatchObject({ verdict: 'too_little', interval: undefined });
  });

  it('overturn no trend of the others', () => {
    const two = career(30, -2).filter((_, at) => at % 10 < 2);
    const flat = Array.from({ length: 3 }, (_, at) => ({
      ...{ artist: 'flat', date: `${1992 + at * 9}-06-15`, minutes: 45 },
    }));
    const verdict = (given: readonly Given[]): string => trendOf(given).verdict;
    expect(verdict([...two, ...flat])).toBe(verdict(two));
    expect(verdict(two)).toBe('shorter');
  });
});

it('equal lengths and equal dates have an interval of 0', () => {
  const given = career(12, 0).map((album, at) => ({
    ...album,
    minutes: 40,
    date: `${1990 + (at % 9)}`,
  }));
  expect(trendOf(given)).toMatchObject({ slope_minutes_per_decade: 0, sen_interval: [0, 0] });
});
