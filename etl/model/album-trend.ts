/** What a report says about the length of albums. Names are those of `summary.json`; lengths are in minutes. */
import type { Exclusion } from './albums.ts';

export type Range = readonly [low: number, high: number];

/** Albums of one decade. */
export type Decade = {
  /** Its first year, such as 1980. */
  readonly decade: number;
  readonly families: number;
  readonly artists: number;
  readonly median: number;
  /** A quarter of the albums is shorter, a quarter is longer. */
  readonly quartiles: Range;
  /** The shortest and the longest album. */
  readonly range: Range;
  /** False of a decade with too few artists to say anything about. */
  readonly is_interpreted: boolean;
};

/** Albums of one artist. */
export type ArtistLengths = {
  readonly artist_id: string;
  readonly artist: string;
  readonly families: number;
  readonly median: number;
  readonly first_decade: number;
  readonly first_median: number;
  readonly latest_decade: number;
  readonly latest_median: number;
};

/** One album of the trend. */
export type TrendPoint = {
  readonly artist: string;
  readonly album: string;
  /** With the day as its fraction. */
  readonly year: number;
  readonly minutes: number;
};

/**
 * What the figures say. `composition`: albums of different artists differ, and not those of the same artist over time. `unclear`:
 * no trend, as far as these albums can tell. `too_little`: too few albums to ask.
 */
export type Verdict = 'shorter' | 'longer' | 'unclear' | 'composition' | 'too_little';

/** The same question asked in another way. */
export type OtherSlope = {
  readonly what: string;
  readonly slope_per_decade: number | undefined;
  readonly albums: number;
};

export type AlbumTrend = {
  readonly verdict: Verdict;
  readonly slope_minutes_per_decade: number | undefined;
  readonly sen_interval: Range | undefined;
  /** From samples of artists. */
  readonly interval: Range | undefined;
  /** False with so few artists that the interval is too narrow. */
  readonly is_interval_trusted: boolean;
  readonly p_value: number | undefined;
  readonly within_artist_slope: number | undefined;
  /** Artists with enough albums for a slope of their own. */
  readonly within_artists: number;
  /** In the trend; with those that are excluded they make `families_total`. */
  readonly families: number;
  readonly families_total: number;
  /** Artists with an album in the trend, of all that are reported on. */
  readonly artists: number;
  readonly artists_total: number;
  /** Families by reason. */
  readonly excluded: Readonly<Partial<Record<Exclusion, number>>>;
  readonly years: Range | undefined;
  /** The median of the dates, and that of the minutes. */
  readonly middle: Range | undefined;
  readonly decades: readonly Decade[];
  readonly by_artist: readonly ArtistLengths[];
  readonly other_slopes: readonly OtherSlope[];
};
