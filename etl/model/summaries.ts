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
};

/** Of a playlist that did not change only what its stored row says is known. */
export type StoredCounts = Pick<PlaylistCounts, 'items' | 'episodes' | 'local' | 'unavailable'>;

/** Rows written (new or changed), by table. */
export type WrittenRows = Readonly<Record<Table, number>>;

/** What a load did to the catalogue tables and the playlist table. */
export type LoadSummary = {
  readonly written: WrittenRows;
  /** Rows found equal and therefore left alone. */
  readonly unchanged: Readonly<Record<CatalogueTable, number>>;
};

/** What a run used and what that costs. */
export type RunCost = {
  /** Read and write units of the tables, the quota's included, as DynamoDB counted them. */
  readonly read_units: number;
  readonly write_units: number;
  /** At the prices of `prices_as_of`; on a laptop what it would cost on AWS. */
  readonly cost_usd: number;
  /** The day of the price list, as `2026-11-20`. */
  readonly prices_as_of: string;
};

/** What any run tells beside its result, once it has ended. */
export type RunReport = Partial<RunCost> & {
  /** Whole days until the user must log in again, where that is known. */
  readonly token_days_left?: number;
  /** What went wrong beside the run itself, or will soon. */
  readonly warnings?: readonly string[];
};

/** What is measured of a run, whether or not it did what it should. */
export type RunMeasures = RunCost & {
  readonly spotify_requests: number;
  /** Answers of Spotify with 429. */
  readonly rate_limited: number;
  /** How long Spotify still asks everybody not to call; 0 where it does not. */
  readonly cooldown_seconds_left: number;
  /** Rows and keys that DynamoDB handed back, each time it did. */
  readonly unprocessed_items: number;
  /** Calls to the tables that failed even after a repeat. */
  readonly failed_table_calls: number;
  readonly duration_ms: number;
};

type IngestedPlaylist = RunReport & {
  readonly message: string;
  readonly run_id: string;
  readonly playlist_id: string;
  readonly playlist_uri: string;
  readonly playlist_name: string;
  readonly snapshot_id: string;
  readonly written: WrittenRows;
  /** Calls to the Web API, repeats included; token requests do not count against its quota. */
  readonly spotify_requests: number;
  readonly duration_ms: number;
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

/** The answer of one ingest run. */
export type IngestSummary = IngestedPlaylist & (LoadedPlaylist | UnchangedPlaylist);

/** One execution of one pipeline. */
export type Run = {
  readonly runId: string;
  /** Milliseconds since the epoch; no wait goes beyond it. */
  readonly deadlineAt: number;
  /** Told once what was measured, however the run ended. */
  readonly onMeasured?: (measures: RunMeasures) => void;
};
