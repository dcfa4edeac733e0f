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

/** What any run tells beside its result. */
export type RunReport = {
  /** Whole days until the user must log in again, where that is known. */
  readonly token_days_left?: number;
  /** What went wrong beside the run itself, or will soon. */
  readonly warnings?: readonly string[];
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
};
