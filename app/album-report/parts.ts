import type { AlbumTrend } from '../../etl/model/album-trend.ts';
import type { AlbumFamily } from '../../etl/model/albums.ts';

/** All that a report says. The same albums in the same week are the same report. */
export type AlbumReport = AlbumTrend & {
  readonly market: string;
  /** The Thursday that the report is of, ISO 8601. */
  readonly week: string;
  readonly artists_complete: number;
  readonly albums: number;
};

/** What a report is made from. */
export type ReportParts = {
  readonly report: AlbumReport;
  readonly families: readonly AlbumFamily[];
  /** Names of artists by ID. */
  readonly names: ReadonlyMap<string, string>;
};
