/** What a run did, for answers, logs and terminals. Counts are of this run; names are wire names. */
import type { CatalogueTable, Table } from './records.ts';

/**
 * The content of a playlist. `items` is Spotify's total and equals `tracks + repeats + episodes + local + unavailable`; `tracks`,
 * `albums` and `artists` count distinct ones.
 */
export type PlaylistCounts = StoredCounts & {
  readonly tracks: number;
  readonly albums: number;
  readonly artists: number;
  readonly repeats: number;
  /** Invalid optional values of Spotify, such as a text instead of a number; absent if there are none. */
  readonly values_left_out?: number;
};

/** The counts from the stored row of an unchanged playlist. */
export type StoredCounts = Readonly<Record<'items' | 'episodes' | 'local' | 'unavailable', number>>;

/** Rows written (new or changed), by table. */
export type WrittenRows = Readonly<Record<Table, number>>;

/** The result of a load. */
export type LoadSummary = {
  readonly written: WrittenRows;
  /** Rows that were equal and not written. */
  readonly unchanged: Readonly<Record<CatalogueTable, number>>;
};

/** What a run used, even if it failed. It is part of every answer. */
export type RunReport = {
  readonly run_id: string;
  /** Calls to the Web API, including repeats; token requests do not count against the quota. */
  readonly spotify_requests: number;
  readonly duration_ms: number;
  /** Read and write units of the tables, including the quota's, as DynamoDB counted them. */
  readonly read_units: number;
  readonly write_units: number;
  /** At the prices of `prices_as_of`; on a laptop, what it would cost on AWS. */
  readonly cost_usd: number;
  /** The day of the price list, such as `2026-11-20`. */
  readonly prices_as_of: string;
  /** Whole days until the user must log in again; undefined if unknown. */
  readonly token_days_left?: number | undefined;
  /** Problems that did not fail the run, or are coming soon. */
  readonly warnings?: readonly string[] | undefined;
};

/** Figures for operators only. */
export type RunMeasures = {
  /** Answers of Spotify with 429. */
  readonly rate_limited: number;
  /** How long Spotify asks us not to call; 0 without a cooldown. */
  readonly cooldown_seconds_left: number;
  /** Rows and keys that DynamoDB left unprocessed, each time. */
  readonly unprocessed_items: number;
  /** Calls to the tables that failed even after a repeat. */
  readonly failed_table_calls: number;
};

type IngestedPlaylist = Readonly<
  Record<'message' | 'playlist_id' | 'playlist_uri' | 'playlist_name' | 'snapshot_id', string>
> & { readonly written: WrittenRows };

type LoadedPlaylist = LoadSummary & {
  readonly status: 'loaded';
  readonly counts: PlaylistCounts;
};

type UnchangedPlaylist = {
  readonly status: 'unchanged';
  readonly counts: StoredCounts;
  /** When the stored rows were read from Spotify, ISO 8601. */
  readonly extracted_at: string;
};

/** What one ingest did. */
export type IngestSummary = IngestedPlaylist & (LoadedPlaylist | UnchangedPlaylist);

/** One execution of one pipeline. */
export type Run = {
  readonly runId: string;
  /** Milliseconds since the epoch; no wait exceeds it. */
  readonly deadlineAt: number;
  /** Called once, even if the run fails. Without it the run gives no warning about the end of a login. */
  readonly onEnd?: (report: RunReport, measures: RunMeasures) => void;
};
