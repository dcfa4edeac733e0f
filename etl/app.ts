/** Composition root: builds the clients once per process and joins the parts for each run. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Config } from './config.ts';
import { createDocumentClient, type DynamodbSettings } from './dynamodb/document-client.ts';
import { createGateStore } from './dynamodb/gate-store.ts';
import { createReadBudget } from './dynamodb/read-budget.ts';
import { createRecordSink } from './dynamodb/record-sink.ts';
import { countRowsAbout, type StoredRow, scanPages } from './dynamodb/scan-rows.ts';
import { Gate } from './gate/gate.ts';
import type { Clock } from './model/clock.ts';
import type { IngestSummary, Run } from './model/summaries.ts';
import { ingestPlaylist } from './pipelines/ingest-playlist.ts';
import {
  createPlaylistSource,
  createSpotifySession,
  type RunPlaylistSource,
  type SpotifySettings,
} from './spotify/playlist-source.ts';

export type { DynamodbSettings } from './dynamodb/document-client.ts';
export type { StoredRow } from './dynamodb/scan-rows.ts';

export type App = {
  /**
   * Loads one playlist into the four tables.
   *
   * @throws EtlError with a code of `etl/errors.ts`
   */
  ingestPlaylist(playlistId: string, run: Run): Promise<IngestSummary>;
  /** Whole days until the user must log in again; undefined where that is not known. */
  tokenDaysLeft(): number | undefined;
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

/** Builds the app. What runs share is clients, tokens and what was learnt about the app; nothing of a playlist. */
export function createApp(config: Config, clock: Clock = systemClock): App {
  const client = createDocumentClient();
  const session = createSpotifySession(toSpotifySettings(config), {
    clock,
    gate: createGate(config, { client, clock }),
  });
  return {
    async ingestPlaylist(playlistId, run) {
      const source = createPlaylistSource(session, run);
      const sink = createRecordSink(client, config.tables, { clock, deadlineAt: run.deadlineAt });
      const ingest = ingestPlaylist({ source, sink }, playlistId, {
        runId: run.runId,
        startedAt: clock.now(),
        now: clock.now,
        spotifyRequests: source.requestCount,
      });
      return leaveAfter(source, ingest);
    },
    tokenDaysLeft: () => undefined,
  };
}

/** What the run has not used goes back, however it ended. That is no reason to call a run failed that did all it should. */
async function leaveAfter(
  source: Pick<RunPlaylistSource, 'leave'>,
  work: Promise<IngestSummary>,
): Promise<IngestSummary> {
  const [run] = await Promise.allSettled([work]);
  const [left] = await Promise.allSettled([source.leave()]);
  if (run.status === 'rejected') throw run.reason;
  if (left.status === 'fulfilled') return run.value;
  const warning = `Calls that were leased and not made stay counted for a day: ${String(left.reason)}`;
  return { ...run.value, warnings: [warning] };
}

function createGate(
  { spotify, stateTable }: Config,
  { client, clock }: { readonly client: DynamoDBDocumentClient; readonly clock: Clock },
): Gate {
  const { clientId } = spotify.credentials;
  return new Gate({
    store: createGateStore(client, { tableName: stateTable, clientId, clock }),
    clock,
    owner: randomUUID(),
    pace: spotify.pace,
    budget: spotify.budget,
  });
}

function toSpotifySettings({ spotify }: Config): SpotifySettings {
  const { credentials, login } = spotify;
  return {
    ...spotify,
    credentials: { ...credentials, clientSecret: credentials.clientSecret ?? '' },
    refreshToken: login?.kind === 'refresh-token' ? login.refreshToken : undefined,
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
