/** The whole system in one process over real HTTP: the handler, a simulated Spotify, and an embedded DynamoDB in memory. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { createApp } from '../../app/app.ts';
import { parseConfig } from '../../app/config.ts';
import { createRuns } from '../../app/runs.ts';
import { spotifyVariables } from '../../cli/shared/simulated-spotify.ts';
import type { Table } from '../../etl/model/records.ts';
import type { RunContext } from '../../handlers/http/api-handler.ts';
import { createIngestHandler } from '../../handlers/ingest.ts';
import { createPlaylistsHandler } from '../../handlers/playlists.ts';
import { createRunsHandler } from '../../handlers/runs.ts';
import type { Clock } from '../../lib/clock.ts';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedDynamodb,
} from '../../local/dynamodb.ts';
import {
  type SimulatorOptions,
  type SpotifySimulator,
  startSpotifySimulator,
} from '../../local/simulator/simulator.ts';
import { readStack } from '../../local/table-definitions.ts';
import {
  createDocumentClient,
  type DynamodbSettings,
} from '../../stores/dynamodb/document-client.ts';
import { type FaultProxy, type FaultProxyOptions, startFaultProxy } from './fault-proxy.ts';
import { createTableRows, type Row } from './table-rows.ts';
import { startTestEngine } from './test-engine.ts';

export type { Row } from './table-rows.ts';

export const STAGE = 'test';
export const TABLES: readonly Table[] = ['playlist', 'track', 'album', 'artist'];

export type Tables = Record<Table, Row[]>;

export const NO_ROWS: Tables = { playlist: [], track: [], album: [], artist: [] };

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
};

export type World = {
  readonly spotify: SpotifySimulator;
  readonly dynamodb: EmbeddedDynamodb;
  /** What stands between the functions and the tables, where the world was made with one. */
  readonly proxy: FaultProxy;
  /** Variables a function needs to live in this world. */
  readonly environment: Record<string, string>;
  /** `GET /ingest`, to a process that stays warm; `remainingMs` is what Lambda would say is left. */
  ingest: (playlistRef: string, remainingMs?: number) => Promise<Answer>;
  /** `GET /playlists`, to the same process. */
  playlists: (maxRequests?: number | string) => Promise<Answer>;
  /** `GET /runs/{run_id}`. */
  runs: (runId: string) => Promise<Answer>;
  /** The next call is a cold start. */
  restart: () => void;
  /** A second function with its own memory. */
  startFunction: () => Pick<World, 'ingest' | 'playlists' | 'runs'>;
  readonly clock: JumpingClock;
  /** DynamoDB operations of the function on the four tables since the last look. */
  takeDynamodbCalls: () => string[];
  /** DynamoDB operations of the quota, which are on the state table, since the last look. */
  takeStateCalls: () => string[];
  /** Calls to the Web API since the last look; token requests are not among them. */
  takeApiCalls: () => string[];
  rows: () => Promise<Tables>;
  /** Makes these the only rows of the four tables. */
  replaceRows: (tables: Tables) => Promise<void>;
  /** Makes these the only rows of the state table; none where none are given. */
  replaceState: (rows?: readonly Row[]) => Promise<void>;
  /** What the quota keeps. */
  stateRows: () => Promise<Row[]>;
  close: () => Promise<void>;
};

const STACK = readStack('serverless.yml', STAGE);

const nameOf = (table: string): string => `spotify-etl-${STAGE}-${table}`;

let runs = 0;

export type JumpingClock = Clock & {
  readonly jumpedMs: () => number;
  readonly jump: (ms: number) => void;
};

/** Moved by waits, which end at once, and by each look at it (`tickMs`). How long a busy machine takes is no time. */
export function createJumpingClock(tickMs = 0): JumpingClock {
  const startedAt = Date.now();
  let jumpedMs = 0;
  return {
    jumpedMs: () => jumpedMs,
    jump: (ms) => {
      jumpedMs += ms;
    },
    now: () => {
      jumpedMs += tickMs;
      return startedAt + jumpedMs;
    },
    random: Math.random,
    sleep: async (ms) => {
      jumpedMs += ms;
      await Promise.resolve();
    },
  };
}

/** The machine's time, which a test can jump ahead: for what hangs, and for processes that wait at once. */
export function createMachineClock(): JumpingClock {
  const clock = createJumpingClock();
  return { ...clock, now: () => Date.now() + clock.jumpedMs(), sleep: (ms) => sleep(ms) };
}

/** What Lambda would say is left where `clock` is the machine's too. */
export function remainingTime({ now }: Clock, remainingMs: number): number {
  return remainingMs + now() - Date.now();
}

export type WorldOptions = SimulatorOptions & {
  readonly clock?: JumpingClock;
  /** More variables of the functions. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Puts a fault proxy before the tables. */
  readonly proxy?: Omit<FaultProxyOptions, 'engineUrl'>;
  /** How long a function waits for an answer of the tables to begin. */
  readonly requestTimeoutMs?: number;
};

export async function createWorld({
  clock = createJumpingClock(),
  proxy: proxyOptions,
  requestTimeoutMs,
  variables = {},
  ...options
}: WorldOptions = {}): Promise<World> {
  const spotify = await startSpotifySimulator({ now: clock.now, ...options });
  const dynamodbCalls: string[] = [];
  const stateCalls: string[] = [];
  const stateTable = nameOf('state');
  const dynamodb = await startTestEngine({
    onCall: (operation, body) =>
      (body.includes(stateTable) ? stateCalls : dynamodbCalls).push(operation),
    tables: (await STACK).tables,
  });
  const proxy =
    proxyOptions && (await startFaultProxy({ ...proxyOptions, engineUrl: dynamodb.url }));
  const environment = {
    ...spotifyVariables(spotify),
    ...Object.fromEntries(
      [...TABLES, 'state'].map((table) => [`${table.toUpperCase()}_TABLE`, nameOf(table)]),
    ),
    AWS_ENDPOINT_URL_DYNAMODB: proxy?.url ?? dynamodb.url,
    AWS_REGION: EMBEDDED_REGION,
    AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
    ...variables,
  };
  const tableRows = createTableRows(dynamodb);
  const startFunction: World['startFunction'] = () => {
    Object.assign(process.env, environment);
    const app = createApp(parseConfig(environment), { clock, dynamodb: { requestTimeoutMs } });
    const ingest = createIngestHandler(() => app);
    const playlists = createPlaylistsHandler(() => app);
    const client = createDocumentClient({ ...tablesOf(environment), maxAttempts: 1 });
    const runs = createRunsHandler(() => createRuns(parseConfig(environment), { clock, client }));
    return {
      runs: async (run_id) =>
        toAnswer(
          await runs(
            { multiValueQueryStringParameters: null, pathParameters: { run_id } },
            startRun(clock),
          ),
        ),
      ingest: async (playlistRef, remainingMs) =>
        toAnswer(
          await ingest(
            { multiValueQueryStringParameters: { playlist_uri: [playlistRef] } },
            startRun(clock, remainingMs),
          ),
        ),
      playlists: async (maxRequests) => {
        const query = maxRequests === undefined ? null : { max_requests: [String(maxRequests)] };
        const event = { multiValueQueryStringParameters: query };
        return toAnswer(await playlists(event, startRun(clock)));
      },
    };
  };
  let functions = startFunction();
  return {
    spotify,
    dynamodb,
    get proxy() {
      if (proxy === undefined) throw new Error('This world was made without a fault proxy');
      return proxy;
    },
    environment,
    clock,
    startFunction,
    ingest: (playlistRef, remainingMs) => functions.ingest(playlistRef, remainingMs),
    playlists: (maxRequests) => functions.playlists(maxRequests),
    runs: (runId) => functions.runs(runId),
    restart: () => {
      functions = startFunction();
    },
    takeApiCalls: () => {
      const calls = spotify.requests().filter(({ path }) => path.startsWith('/v1/'));
      spotify.clearRequests();
      return calls.map(({ path, query }) => `${path}?${new URLSearchParams(query).toString()}`);
    },
    takeDynamodbCalls: () => dynamodbCalls.splice(0).filter((operation) => operation !== 'Scan'),
    takeStateCalls: () => stateCalls.splice(0),
    rows: async () => {
      const scanned = await Promise.all(
        TABLES.map((table) => tableRows.scan(nameOf(table), `${table}_id`)),
      );
      return Object.fromEntries(TABLES.map((table, index) => [table, scanned[index]])) as Tables;
    },
    replaceRows: async (tables) => {
      await Promise.all(
        TABLES.map((table) => tableRows.replace(nameOf(table), `${table}_id`, tables[table])),
      );
    },
    replaceState: (rows = []) => tableRows.replace(stateTable, 'state_id', rows),
    stateRows: () => tableRows.scan(stateTable, 'state_id'),
    close: async () => {
      tableRows.close();
      await Promise.all([spotify.close(), proxy?.close(), dynamodb.close()]);
    },
  };
}

/** Where the tables are, whatever the environment of the process says by now. */
export const tablesOf = ({
  AWS_ENDPOINT_URL_DYNAMODB: endpoint,
}: World['environment']): DynamodbSettings => ({
  endpoint,
  region: EMBEDDED_REGION,
  credentials: EMBEDDED_CREDENTIALS,
});

function startRun(clock: JumpingClock, remainingMs = 29_000): RunContext {
  runs += 1;
  return {
    awsRequestId: `run-${runs}`,
    getRemainingTimeInMillis: () => remainingTime(clock, remainingMs),
  };
}

function toAnswer({ body, headers = {}, statusCode }: APIGatewayProxyResult): Answer {
  return { status: statusCode, headers, body: JSON.parse(body) as Record<string, unknown> };
}
