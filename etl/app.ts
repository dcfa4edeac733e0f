/** Composition root: builds the clients once per process and joins the parts for each run. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from './config.ts';
import { createDocumentClient, type DynamodbSettings } from './dynamodb/document-client.ts';
import { createReadBudget } from './dynamodb/read-budget.ts';
import { createRecordSink } from './dynamodb/record-sink.ts';
import { countRowsAbout, type StoredRow, scanPages } from './dynamodb/scan-rows.ts';
import { createStoredVersions } from './dynamodb/stored-versions.ts';
import type { StoredVersions } from './load/sinks.ts';
import type { Clock } from './model/clock.ts';
import type { PlaylistListing } from './model/playlist-listing.ts';
import type { IngestSummary, Run } from './model/summaries.ts';
import { ingestPlaylist } from './pipelines/ingest-playlist.ts';
import { type ListingOptions, listPlaylists } from './pipelines/list-playlists.ts';
import type { IngestRun } from './pipelines/summarise-ingest.ts';
import { createMyPlaylistsSource } from './spotify/my-playlists.ts';
import { createPlaylistSource, createSpotifySession } from './spotify/playlist-source.ts';

export type { DynamodbSettings } from './dynamodb/document-client.ts';
export type { StoredRow } from './dynamodb/scan-rows.ts';

export type App = {
  /**
   * Loads one playlist into the four tables.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  ingestPlaylist(playlistId: string, run: Run): Promise<IngestSummary>;
  /**
   * Lists the user's playlists and compares them with what is stored. Writes nothing.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  listPlaylists(options: ListPlaylistsOptions, run: Run): Promise<PlaylistListing>;
};

export type ListPlaylistsOptions = ListingOptions & {
  /** How long the tables may take, where that is less than the run may. */
  readonly tablesWithinMs?: number | undefined;
};

/** Whole tables, read page by page: for those who want the rows, not a run. */
export type TableReader = {
  /**
   * About how many rows a table has: DynamoDB counts every six hours. Absent where the caller may not ask.
   */
  readonly countRowsAbout: (tableName: string) => Promise<number | undefined>;
  /**
   * Every row once, in no order, with at most one page per segment in memory.
   *
   * @throws RetriableError `TABLE_THROTTLED`
   */
  readonly listPages: (tableName: string) => AsyncIterable<readonly StoredRow[]>;
  /** Read units used so far. */
  readonly readUnits: () => number;
  readonly close: () => void;
};

export type TableReaderSettings = {
  readonly dynamodb: DynamodbSettings;
  /** Parts of a table that are read side by side. */
  readonly segments: number;
  readonly readUnitsPerSecond: number;
  readonly signal?: AbortSignal | undefined;
};

const systemClock: Clock = {
  now: Date.now,
  random: Math.random,
  sleep: async (ms) => {
    await sleep(ms);
  },
};

/** A page is 1 MB, and the line of a laptop may be slow. */
const SCAN_TIMEOUT_MS = 30_000;

/**
 * Builds the app. What runs share is clients, tokens and what was learnt about the app and its user; nothing of a playlist.
 * `dynamodb` is for a laptop; a function finds its tables as the SDK does.
 */
export function createApp(
  config: Config,
  clock: Clock = systemClock,
  dynamodb: DynamodbSettings = {},
): App {
  const { login, ...spotify } = config.spotify;
  const session = createSpotifySession(
    {
      ...spotify,
      credentials: {
        clientId: spotify.credentials.clientId,
        clientSecret: spotify.credentials.clientSecret ?? '',
      },
      refreshToken: login?.kind === 'refresh-token' ? login.refreshToken : undefined,
    },
    clock,
  );
  const client = createDocumentClient(dynamodb);
  const startRun = ({ runId }: Run, spotifyRequests: () => number): IngestRun => ({
    runId,
    startedAt: clock.now(),
    now: clock.now,
    spotifyRequests,
  });
  let userId: string | undefined;
  return {
    ingestPlaylist(playlistId, run) {
      const source = createPlaylistSource(session, run);
      const sink = createRecordSink(client, config.tables, { clock, deadlineAt: run.deadlineAt });
      return ingestPlaylist({ source, sink }, playlistId, startRun(run, source.requestCount));
    },
    listPlaylists({ tablesWithinMs = Number.POSITIVE_INFINITY, ...options }, run) {
      const source = createMyPlaylistsSource(session, run);
      const getUserId = async (): Promise<string> => (userId ??= await source.getUserId());
      const findVersions: StoredVersions['findVersions'] = (playlistIds) => {
        const deadlineAt = Math.min(run.deadlineAt, clock.now() + tablesWithinMs);
        const limits = { clock, deadlineAt };
        return createStoredVersions(client, config.tables.playlist, limits).findVersions(
          playlistIds,
        );
      };
      return listPlaylists(
        { source: { ...source, getUserId }, versions: { findVersions } },
        options,
        startRun(run, source.requestCount),
      );
    },
  };
}

/** Builds what reads whole tables; needs no Spotify. */
export function createTableReader(
  { dynamodb, segments, readUnitsPerSecond, signal }: TableReaderSettings,
  clock: Clock = systemClock,
): TableReader {
  const client = createDocumentClient({ requestTimeoutMs: SCAN_TIMEOUT_MS, ...dynamodb });
  const budget = createReadBudget(readUnitsPerSecond, clock);
  return {
    countRowsAbout: (tableName) => countRowsAbout(client, tableName),
    listPages: (tableName) =>
      scanPages(client, tableName, { segments, limits: { budget, clock, signal } }),
    readUnits: budget.spent,
    close: () => {
      client.destroy();
    },
  };
}
