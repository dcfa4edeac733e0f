/** Albums as points in time, and slopes between them. Pure. */
import type { OtherSlope } from '../model/album-trend.ts';
import type { AlbumFamily, Exclusion } from '../model/albums.ts';
import type { AlbumRecord } from '../model/records.ts';
import { fitTheilSen, type Point, quantileOf } from './robust-statistics.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const YEARS_PER_DECADE = 10;

/** Why a family is not in the trend; undefined if it is. */
export function leftOutFor(family: AlbumFamily): Exclusion | undefined {
  return family.excluded ?? (family.isYearUncertain ? 'year_uncertain' : undefined);
}

export type FamilyPoint = Point & { readonly family: AlbumFamily };

/** In the order of their dates; of one date in the order given, which is that of `report.csv`. */
export function toSortedPoints(families: readonly AlbumFamily[]): FamilyPoint[] {
  return families
    .filter((family) => leftOutFor(family) === undefined)
    .map((family) => ({ ...toPoint(family.representative.album, family), family }))
    .sort((one, other) => one.x - other.x);
}

function toPoint(
  { album_duration: ms = 0 }: AlbumRecord,
  { artistId, releaseDate }: Pick<AlbumFamily, 'artistId' | 'releaseDate'>,
): Point {
  return { x: toDecimalYear(releaseDate), y: ms / MINUTE_MS, cluster: artistId };
}

/** The middle of the day; the 15th if only the month is known, the middle of the year if only that is. */
export function toDecimalYear(date: string): number {
  const [year = 0, month, day = 15] = date.split('-').map(Number);
  if (month === undefined) return year + 0.5;
  const [start, end] = [Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1)];
  return year + (Date.UTC(year, month - 1, day) - start + DAY_MS / 2) / (end - start);
}

/** The same question, asked in other ways. */
export function toOtherSlopes(families: readonly AlbumFamily[]): OtherSlope[] {
  const points = toSortedPoints(families);
  const longest = quantileOf(
    points.map(({ y }) => y),
    0.98,
  );
  const tracks = points.map(({ family, x }) => ({
    x,
    y: family.representative.album.album_num_tracks ?? 0,
  }));
  return [
    ask('minutes, with every edition as an album of its own', points.flatMap(listEditions)),
    ask(
      'minutes, without the longest 2 % of albums',
      points.filter(({ y }) => y <= (longest ?? 0)),
    ),
    ask(
      'minutes, of albums since 2000',
      points.filter(({ x }) => x >= 2000),
    ),
    ask('tracks instead of minutes', tracks),
  ];
}

const ask = (what: string, asked: readonly Pick<Point, 'x' | 'y'>[]): OtherSlope => ({
  what,
  slope_per_decade: perDecade(fitTheilSen(asked)?.slope),
  albums: asked.length,
});

function listEditions({ family }: FamilyPoint): Point[] {
  return family.members.flatMap(({ album }) => {
    const { album_duration: length, album_release_date: releaseDate = '' } = album;
    const isUsable = length !== undefined && /^[1-9]/.test(releaseDate);
    return isUsable ? [toPoint(album, { artistId: family.artistId, releaseDate })] : [];
  });
}

export const perDecade = (slope: number | undefined): number | undefined =>
  slope === undefined ? undefined : slope * YEARS_PER_DECADE;
