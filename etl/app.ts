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
import { createPlaylistSource } from './spotify/playlist-source.ts';
import {
  createSpotifySession,
  openSpotifyRun,
  type SpotifyRun,
  type SpotifySession,
} from './spotify/spotify-run.ts';
import { createFileTokenStore } from './tokens/file-token-store.ts';
import { createFixedTokenStore } from './tokens/fixed-token-store.ts';
import { createSecretTokenStore } from './tokens/secret-token-store.ts';
import type { TokenStore } from './tokens/token-store.ts';

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
  const warnings: string[] = [];
  const session = createSpotifySession(config.spotify, {
    clock,
    gate: createGate(config, { client, clock }),
    tokenStore: createTokenStore(config.spotify),
    onWarning: (warning) => warnings.push(warning),
  });
  return {
    ingestPlaylist: (playlistId, run) =>
      withSpotify(session, { run, warnings }, (spotify) => {
        const sink = createRecordSink(client, config.tables, { clock, deadlineAt: run.deadlineAt });
        return ingestPlaylist({ source: createPlaylistSource(spotify), sink }, playlistId, {
          runId: run.runId,
          startedAt: clock.now(),
          now: clock.now,
          spotifyRequests: spotify.calls.count,
        });
      }),
    tokenDaysLeft: () => session.tokens.tokenDaysLeft,
  };
}

/** What any run tells beside its result. */
type Report = { readonly token_days_left?: number; readonly warnings?: readonly string[] };

/**
 * Runs `work`, and notes at the shared gate what it leaves behind, however it ended. Where that fails, a run that did all it
 * should is not called failed.
 */
async function withSpotify<Result extends Report>(
  session: SpotifySession,
  { run, warnings }: { readonly run: Run; readonly warnings: string[] },
  work: (spotify: SpotifyRun) => Promise<Result>,
): Promise<Result> {
  const spotify = openSpotifyRun(session, run);
  const [done] = await Promise.allSettled([work(spotify)]);
  const [left] = await Promise.allSettled([spotify.leave()]);
  if (left.status === 'rejected') {
    warnings.push(`Calls that were leased and not made stay counted for a day: ${left.reason}`);
  } else if (left.value !== undefined) {
    warnings.push(loginEnds(session.tokens.tokenDaysLeft ?? 0));
  }
  if (done.status === 'rejected') throw done.reason;
  const daysLeft = session.tokens.tokenDaysLeft;
  const told = warnings.splice(0);
  return {
    ...done.value,
    ...(daysLeft === undefined ? {} : { token_days_left: daysLeft }),
    ...(told.length === 0 ? {} : { warnings: told }),
  };
}

function loginEnds(days: number): string {
  const when = days < 1 ? 'within a day' : `in ${days} day${days === 1 ? '' : 's'}`;
  return `The Spotify login ends ${when}, six months after it was made. Log in again before: npx spotify-etl login.`;
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

/** Where the user's login is; an empty place where the app speaks for itself. */
function createTokenStore({ login, credentials }: Config['spotify']): TokenStore {
  switch (login?.kind) {
    case 'file':
      return createFileTokenStore(login.path);
    case 'secret':
      return createSecretTokenStore(login.name);
    case 'refresh-token':
      return createFixedTokenStore({
        refreshToken: login.refreshToken,
        clientId: credentials.clientId,
      });
    case undefined:
      return createFixedTokenStore();
  }
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
