/** Composition root: builds the clients once per process and joins the parts for each run. */
import { startSpotify } from './composition/spotify-session.ts';
import { systemClock } from './composition/system-clock.ts';
import { withSpotify } from './composition/with-spotify.ts';
import type { Config } from './config.ts';
import { createDocumentClient, type DynamodbSettings } from './dynamodb/document-client.ts';
import { createRecordSink } from './dynamodb/record-sink.ts';
import { createStoredVersions } from './dynamodb/stored-versions.ts';
import type { Clock } from './model/clock.ts';
import type { PlaylistListing } from './model/playlist-listing.ts';
import type { IngestSummary, Run } from './model/summaries.ts';
import { type IngestOptions, ingestPlaylist } from './pipelines/ingest-playlist.ts';
import { type ListingOptions, listPlaylists } from './pipelines/list-playlists.ts';
import type { IngestRun } from './pipelines/summarise-ingest.ts';
import { type Account, getAccount as getAccountFrom } from './spotify/account.ts';
import { createMyPlaylistsSource } from './spotify/my-playlists.ts';
import { createPlaylistSource } from './spotify/playlist-source.ts';
import type { SpotifyRun } from './spotify/spotify-run.ts';

export { examineSetUp } from './composition/examine-set-up.ts';
export { systemClock } from './composition/system-clock.ts';
export { createTableReader, type TableReader } from './composition/table-reader.ts';
export type { DynamodbSettings } from './dynamodb/document-client.ts';
export type { StoredRow } from './dynamodb/scan-rows.ts';
export type { Account } from './spotify/account.ts';

export type App = {
  /**
   * Loads one playlist into the four tables.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  ingestPlaylist(playlistId: string, run: Run, options?: IngestOptions): Promise<IngestSummary>;
  /**
   * Lists the user's playlists and compares them with what is stored. Writes nothing of them.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  listPlaylists(options: ListPlaylistsOptions, run: Run): Promise<PlaylistListing>;
  /** Whole days until the user must log in again; undefined where that is not known. */
  tokenDaysLeft(): number | undefined;
};

export type ListPlaylistsOptions = ListingOptions & {
  /** How long the tables may take, where that is less than the run may. */
  readonly tablesWithinMs?: number | undefined;
};

/** What a laptop has to say; a function finds its tables as the SDK does. */
export type AppOptions = {
  readonly clock?: Clock;
  readonly dynamodb?: DynamodbSettings | undefined;
  /** Given by a command that works without the state table: calls are then counted for this process alone. */
  readonly onStateUnavailable?: ((error: unknown) => void) | undefined;
};

/** Builds the app. What runs share is clients, tokens and what was learnt about the app; nothing of a playlist. */
export function createApp(
  config: Config,
  { clock = systemClock, dynamodb = {}, onStateUnavailable }: AppOptions = {},
): App {
  // A run repeats its calls itself: one layer of repeats, which knows the run's deadline.
  const client = createDocumentClient({ ...dynamodb, maxAttempts: 1 });
  const warnings: string[] = [];
  const { memoryMb } = config;
  const { session } = startSpotify(config, {
    client,
    clock,
    aws: { region: dynamodb.region, profile: dynamodb.profile },
    onStateUnavailable,
    onWarning: (warning) => warnings.push(warning),
  });
  const startRun = ({ runId }: Run, { calls }: SpotifyRun): IngestRun => ({
    runId,
    startedAt: clock.now(),
    now: clock.now,
    spotifyRequests: calls.count,
  });
  return {
    ingestPlaylist: (playlistId, run, options) =>
      withSpotify(session, { run, warnings, memoryMb, isAnnouncing: true }, (spotify) => {
        const source = createPlaylistSource(spotify);
        const sink = createRecordSink(client, config.tables, { ...run, clock });
        return ingestPlaylist({ source, sink, ...options }, playlistId, startRun(run, spotify));
      }),
    listPlaylists: ({ tablesWithinMs = Number.POSITIVE_INFINITY, ...options }, run) =>
      withSpotify(session, { run, warnings, memoryMb, isAnnouncing: true }, (spotify) => {
        const source = createMyPlaylistsSource(spotify);
        const versions = createStoredVersions(client, config.tables.playlist, () => ({
          clock,
          deadlineAt: Math.min(run.deadlineAt, clock.now() + tablesWithinMs),
        }));
        return listPlaylists({ source, versions }, options, startRun(run, spotify));
      }),
    tokenDaysLeft: () => session.tokens.tokenDaysLeft,
  };
}

/**
 * Whose access token this is, by one call. Once `stop` is given it throws what it was given for.
 *
 * @throws FatalError `APP_NOT_PERMITTED` where the account is not on the app's list, or its owner has no Premium
 * @throws RetriableError where Spotify does not answer as it should
 */
export function getAccount(apiUrl: URL, accessToken: string, stop?: AbortSignal): Promise<Account> {
  return getAccountFrom({ apiUrl, clock: systemClock, stop }, accessToken);
}
