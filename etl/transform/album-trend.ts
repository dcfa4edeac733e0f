/** Whether albums get shorter. Pure. */
import type {
  AlbumTrend,
  ArtistLengths,
  Decade,
  Range,
  TrendPoint,
  Verdict,
} from '../model/album-trend.ts';
import type { AlbumFamily, Exclusion } from '../model/albums.ts';
import { leftOutFor, perDecade, toOtherSlopes, toSortedPoints } from './album-points.ts';
import {
  binomialTail,
  bootstrapSlope,
  fitTheilSen,
  fitWithinClusters,
  type Interval,
  medianOf,
  type Point,
  quantileOf,
  testMannKendall,
  type WithinClusters,
} from './robust-statistics.ts';

/** Fewer say nothing about a trend. */
const LEAST_ALBUMS = 10;
const LEAST_ARTISTS_OF_DECADE = 5;
/** A slope of an artist's own needs as many. */
const LEAST_OF_ARTIST = 3;
/** With fewer, samples of artists vary too little. */
const LEAST_ARTISTS_FOR_INTERVAL = 20;
/**
 * Where less of the slope is there within artists, it comes from which artists are early and which are late, if these artists have
 * half of the albums, and fewer of them than chance would have it have a slope as steep.
 */
const SHARE_WITHIN_ARTISTS = 1 / 3;
const SHARE_OF_ALBUMS = 1 / 2;
const CHANCE = 0.05;
const BOOTSTRAP = { seed: 1742, times: 1_000 };
const YEARS_PER_DECADE = 10;

/** Names of artists by ID; those without an album count too. */
export type ArtistNames = ReadonlyMap<string, string>;

/** The albums of the trend, in the order of their dates. */
export function toTrendPoints(families: readonly AlbumFamily[], names: ArtistNames): TrendPoint[] {
  return toSortedPoints(families).map(({ family, x, y }) => ({
    artist: names.get(family.artistId) ?? '',
    album: family.representative.album.album_name ?? '',
    year: x,
    minutes: y,
  }));
}

export function toAlbumTrend(families: readonly AlbumFamily[], names: ArtistNames): AlbumTrend {
  const points = toSortedPoints(families);
  const fit = fitTheilSen(points);
  const within = fitWithinClusters(points, LEAST_OF_ARTIST);
  const interval = bootstrapSlope(points, BOOTSTRAP);
  const artists = new Set(points.map(({ cluster }) => cluster)).size;
  const figures = {
    slope_minutes_per_decade: perDecade(fit?.slope),
    sen_interval: rangePerDecade(fit?.interval),
    interval: rangePerDecade(interval),
    within_artist_slope: perDecade(within.slope),
    families: points.length,
  };
  const [first, last] = [points[0], points.at(-1)];
  return {
    verdict: toVerdict(figures, within),
    ...figures,
    is_interval_trusted: artists >= LEAST_ARTISTS_FOR_INTERVAL,
    p_value: points.length > 1 ? testMannKendall(points.map(({ y }) => y)) : undefined,
    within_artists: within.slopes.length,
    families_total: families.length,
    artists,
    artists_total: names.size,
    excluded: countExcluded(families),
    years: first && last && [Math.floor(first.x), Math.floor(last.x)],
    middle: toMiddle(points),
    decades: toDecades(points),
    by_artist: toArtists(points, names),
    other_slopes: toOtherSlopes(families),
  };
}

type Figures = Pick<
  AlbumTrend,
  'families' | 'interval' | 'sen_interval' | 'slope_minutes_per_decade'
>;

function toVerdict(
  { families, interval, sen_interval: sen, slope_minutes_per_decade: slope }: Figures,
  within: WithinClusters,
): Verdict {
  if (families < LEAST_ALBUMS || slope === undefined || !interval || !sen) return 'too_little';
  if (!holdsZero(sen) && contradicts(within, { slope, families })) return 'composition';
  if (holdsZero(interval)) return 'unclear';
  return interval[1] < 0 ? 'shorter' : 'longer';
}

/** Whether the albums of the same artists do not change like all of them. */
function contradicts(
  { points, slope: own, slopes }: WithinClusters,
  { families, slope }: { readonly slope: number; readonly families: number },
): boolean {
  const shares = slopes.map((each) => (each * YEARS_PER_DECADE) / slope);
  const steep = shares.filter((share) => share >= 1).length;
  const isRare = steep === 0 || binomialTail(steep, shares.length) <= CHANCE;
  const isMany = shares.length > 1 && points >= families * SHARE_OF_ALBUMS;
  return isMany && isRare && ((own ?? 0) * YEARS_PER_DECADE) / slope < SHARE_WITHIN_ARTISTS;
}

const holdsZero = ([low, high]: Range): boolean => low <= 0 && high >= 0;

function toMiddle(points: readonly Point[]): Range | undefined {
  const [x, y] = [points.map((each) => each.x), points.map((each) => each.y)].map(medianOf);
  return x === undefined || y === undefined ? undefined : [x, y];
}

function countExcluded(families: readonly AlbumFamily[]): AlbumTrend['excluded'] {
  const counts: Partial<Record<Exclusion, number>> = {};
  for (const family of families) {
    const reason = leftOutFor(family);
    if (reason !== undefined) counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return Object.fromEntries(
    Object.entries(counts).sort(([one], [other]) => (one < other ? -1 : 1)),
  );
}

const toDecade = ({ x }: Point): number => Math.floor(x / YEARS_PER_DECADE) * YEARS_PER_DECADE;

function toDecades(points: readonly Point[]): Decade[] {
  return [...Map.groupBy(points, toDecade)].map(([decade, own]) => {
    const minutes = own.map(({ y }) => y);
    const [low, first, median, third, high] = [0, 0.25, 0.5, 0.75, 1].map(
      (share) => quantileOf(minutes, share) ?? 0,
    );
    const artists = new Set(own.map(({ cluster }) => cluster)).size;
    return {
      decade,
      families: own.length,
      artists,
      median: median ?? 0,
      quartiles: [first ?? 0, third ?? 0],
      range: [low ?? 0, high ?? 0],
      is_interpreted: artists >= LEAST_ARTISTS_OF_DECADE,
    };
  });
}

/** In the order of the names as given. */
function toArtists(points: readonly Point[], names: ArtistNames): ArtistLengths[] {
  const byArtist = Map.groupBy(points, ({ cluster }) => cluster);
  return [...names].flatMap(([artist_id, artist]) => {
    const own = byArtist.get(artist_id) ?? [];
    const decades = toDecades(own);
    const [first, latest] = [decades[0], decades.at(-1)];
    if (first === undefined || latest === undefined) return [];
    return {
      artist_id,
      artist,
      families: own.length,
      median: medianOf(own.map(({ y }) => y)) ?? 0,
      first_decade: first.decade,
      first_median: first.median,
      latest_decade: latest.decade,
      latest_median: latest.median,
    };
  });
}

const rangePerDecade = (interval: Interval | undefined): Range | undefined =>
  interval && [interval[0] * YEARS_PER_DECADE, interval[1] * YEARS_PER_DECADE];
