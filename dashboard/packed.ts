/** A library inside a page: base64 of gzip of a length, so much JSON, and four columns of plays. */
import type { DashboardData, DashboardItem } from './data.ts';

/** Another number for every change of what is below, and of `DashboardData`. */
export const FORMAT = 1;

/** All but the plays. */
export type PackedRest = Omit<DashboardData, 'items' | 'plays'> & {
  readonly format: typeof FORMAT;
  /** Names of artists, albums and shows, each once. */
  readonly texts: readonly string[];
  readonly items: PackedItems;
  /** How many plays there are. */
  readonly plays: number;
};

/** One entry for each item; those of the last three count into `texts`. */
export type PackedItems = {
  readonly [Key in 'uri' | 'kind' | 'name' | 'countedAs']: readonly DashboardItem[Key][];
} & {
  readonly durationMs: readonly (number | null)[];
  /** Places of the items that statistics leave out. */
  readonly leftOut: readonly number[];
} & Readonly<Record<'artist' | 'parent' | 'parentArtist', readonly number[]>>;
