/** What a run did, as it is answered, logged and shown. Counts are of this run; names are wire names. */
import type { CatalogueTable, Table } from './records.ts';

/**
 * What a playlist holds. `items` is Spotify's total and equals `tracks + repeats + episodes + local + unavailable`;
 * `tracks`, `albums` and `artists` count distinct ones.
 */
export type PlaylistCounts = {
  readonly items: number;
  readonly tracks: number;
  readonly albums: number;
  readonly artists: number;
  readonly episodes: number;
  readonly local: number;
  readonly unavailable: number;
  readonly repeats: number;
  /** Optional values of Spotify's that did not fit, such as a text where a number belongs; absent where there are none. */
  readonly values_left_out?: number;
};

/** What the stored row of an unchanged playlist says; its items are not read. */
export type StoredCounts = Pick<PlaylistCounts, 'items' | 'episodes' | 'local' | 'unavailable'>;

/** Rows written (new or changed), by table. */
export type WrittenRows = Readonly<Record<Table, number>>;

/** What a load did to the catalogue tables and the playlist table. */
export type LoadSummary = {
  readonly written: WrittenRows;
  /** Rows found equal and therefore left alone. */
  readonly unchanged: Readonly<Record<CatalogueTable, number>>;
};

/** What a run took, however it ended. An answer has it next to what the run did. */
export type RunReport = {
  readonly run_id: string;
  /** Calls to the Web API, repeats included; token requests do not count against its quota. */
  readonly spotify_requests: number;
  readonly duration_ms: number;
  /** Read and write units of the tables, the quota's included, as DynamoDB counted them. */
  readonly read_units: number;
  readonly write_units: number;
  /** At the prices of `prices_as_of`; on a laptop what it would cost on AWS. */
  readonly cost_usd: number;
  /** The day of the price list, as `2026-11-20`. */
  readonly prices_as_of: string;
  /** Whole days until the user must log in again; undefined where that is unknown. */
  readonly token_days_left?: number | undefined;
  /** What went wrong without failing the run, or will soon. */
  readonly warnings?: readonly string[] | undefined;
};

/** What only operators watch of a run. */
export type RunMeasures = {
  /** Answers of Spotify with 429. */
  readonly rate_limited: number;
  /** How long Spotify has asked everybody not to call; 0 where it has not. */
  readonly cooldown_seconds_left: number;
  /** Rows and keys that DynamoDB handed back, each time it did. */
  readonly unprocessed_items: number;
  /** Calls to the tables that failed even after a repeat. */
  readonly failed_table_calls: number;
};

type IngestedPlaylist = {
  readonly message: string;
  readonly playlist_id: string;
  readonly playlist_uri: string;
  readonly playlist_name: string;
  readonly snapshot_id: string;
  readonly written: WrittenRows;
};

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
  /** Milliseconds since the epoch; no wait goes beyond it. */
  readonly deadlineAt: number;
  /** Called once, however the run ends. Without it no end of a login is announced, since nobody would read it. */
  readonly onEnd?: (report: RunReport, measures: RunMeasures) => void;
};
