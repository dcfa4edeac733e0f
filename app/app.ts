/** Composition root: builds the clients once per process and connects the parts for each run. */

import type { CatalogueSink, PlaylistSink, StoredVersions } from '../etl/load/sinks.ts';
import { isLikedSongs } from '../etl/model/ids.ts';
import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import type { PlaylistRun } from '../etl/model/playlist-run.ts';
import type { IngestSummary, Run } from '../etl/model/summaries.ts';
import { type Deferring, type IngestOptions, ingestPlaylist } from '../etl/pipelines/ingest.ts';
import { type ListingOptions, listPlaylists } from '../etl/pipelines/my-playlists.ts';
import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/system-clock.ts';
import { createLikedSongsSource } from '../spotify/liked-songs.ts';
import { createMyPlaylistsSource } from '../spotify/my-playlists.ts';
import { createPlaylistSource, type PageProgress } from '../spotify/playlist-source.ts';
import { createDocumentClient, type DynamodbSettings } from '../stores/dynamodb/document-client.ts';
import { RecordRepository } from '../stores/dynamodb/record-repository.ts';
import { type ReaderOptions, TableReader } from '../stores/dynamodb/table-reader.ts';
import type { Config } from './config.ts';
import { type Metered, meteredRun } from './metered-run.ts';
import { createRuns, type Runs } from './runs.ts';
import { startOnTables } from './spotify-session.ts';

export { systemClock } from '../lib/system-clock.ts';
export { type Account, getAccount } from '../spotify/account.ts';
export type { DynamodbSettings } from '../stores/dynamodb/document-client.ts';
export type { StoredRow, TableReader } from '../stores/dynamodb/table-reader.ts';
export { examineSetUp } from './examine.ts';

export type App = {
  /**
   * Loads one playlist into the four tables, or the user's Liked Songs, which go by the ID `liked`.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  ingestPlaylist(playlistId: string, run: Run, options?: LoadOptions): Promise<IngestSummary>;
  /**
   * Loads one playlist like `ingestPlaylist`. A list that takes longer than the run has is left to a run of its own, if there is
   * a machine for it.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  requestPlaylist(playlistId: string, run: Run): Promise<IngestSummary | PlaylistRun>;
  /**
   * Lists the user's playlists and compares them with the stored ones, without writing any.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  listPlaylists(options: ListPlaylistsOptions, run: Run): Promise<PlaylistListing>;
};

/** With tables, runs can outlast a request. */
export type TableApp = App & Pick<Runs, 'findRun' | 'isAtWork' | 'notesOf'>;

export type LoadOptions = IngestOptions & {
  /** Called for each page of a playlist after its first. */
  readonly onProgress?: (progress: PageProgress) => void;
};

export type ListPlaylistsOptions = ListingOptions & {
  /** Time limit for the tables, if shorter than the run's. */
  readonly tablesWithinMs?: number | undefined;
};

/** Overrides for use outside Lambda, where the SDK's defaults apply. */
export type AppOptions = {
  readonly clock?: Clock;
  readonly dynamodb?: DynamodbSettings;
  /** For callers that accept an unreadable shared state: called with the reason. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
};

/** Builds the app of a stage: its tables are the store, and its state table keeps the quota. */
export function createApp(
  config: Config,
  { clock = systemClock, ...options }: AppOptions = {},
): TableApp {
  const { client, session } = startOnTables(config, { clock, ...options });
  const runs = createRuns(config, { client, clock });
  const app = joinApp({
    session,
    memoryMb: config.memoryMb,
    runs: config.machineArn === undefined ? undefined : runs,
    openStore: (limits) => new RecordRepository(client, config.tables, { ...limits, clock }),
  });
  return { ...app, ...runs };
}

/** What a run reads and writes of what is stored. */
type Store = CatalogueSink & PlaylistSink & StoredVersions;

type Parts = Metered & {
  readonly openStore: (limits: Pick<Run, 'deadlineAt'>) => Store;
  readonly runs?: Runs | undefined;
};

/** Runs share clients, tokens and what was learnt about the Spotify app, but nothing of a playlist. */
export function joinApp({ memoryMb, openStore, runs, session }: Parts): App {
  const ingest = <Deferred = never>(
    playlistId: string,
    run: Run,
    { onProgress, ...options }: LoadOptions & Deferring<Deferred>,
  ): Promise<IngestSummary | Deferred> =>
    meteredRun({ session, memoryMb, run }, (spotify) => {
      const source = isLikedSongs(playlistId)
        ? createLikedSongsSource(spotify)
        : createPlaylistSource(spotify, onProgress);
      return ingestPlaylist({ source, sink: openStore(run), ...options }, playlistId, run.runId);
    });
  return {
    ingestPlaylist: (playlistId, run, options = {}) => ingest(playlistId, run, options),
    requestPlaylist: (playlistId, run) =>
      ingest(playlistId, run, { defer: runs && ((opening) => runs.start(opening, run)) }),
    listPlaylists: ({ tablesWithinMs = Number.POSITIVE_INFINITY, ...options }, run) =>
      meteredRun({ session, memoryMb, run }, (spotify) => {
        const source = createMyPlaylistsSource(spotify);
        // The time of the tables begins with their first call.
        const openSoon = (): Store =>
          openStore({ deadlineAt: Math.min(run.deadlineAt, session.clock.now() + tablesWithinMs) });
        const versions: StoredVersions = {
          findVersions: (playlistIds) => openSoon().findVersions(playlistIds),
          findRows: (keys) => openSoon().findRows(keys),
        };
        return listPlaylists({ source, versions }, options);
      }),
  };
}

type TableReaderSettings = Omit<ReaderOptions, 'clock'> & { readonly dynamodb: DynamodbSettings };

/** A page is 1 MB, and a laptop's connection can be slow. */
const SCAN_TIMEOUT_MS = 30_000;

/** Creates a reader of whole tables; needs no Spotify. */
export function createTableReader({ dynamodb, ...options }: TableReaderSettings): TableReader {
  const client = createDocumentClient({ requestTimeoutMs: SCAN_TIMEOUT_MS, ...dynamodb });
  return new TableReader(client, { clock: systemClock, ...options });
}
