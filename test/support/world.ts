/** The whole system in one process over real HTTP: the handler, a simulated Spotify, and an embedded DynamoDB in memory. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { createApp } from '../../etl/app.ts';
import { parseConfig } from '../../etl/config.ts';
import type { Clock } from '../../etl/model/clock.ts';
import type { Table } from '../../etl/model/records.ts';
import { createIngestHandler } from '../../handlers/ingest.ts';
import { createPlaylistsHandler } from '../../handlers/playlists.ts';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedDynamodb,
  startDynamodb,
} from '../../local/dynamodb.ts';
import {
  type SimulatorOptions,
  type SpotifySimulator,
  startSpotifySimulator,
} from '../../local/spotify/simulator.ts';
import { readStack } from '../../local/table-definitions.ts';
import { spotifyVariables } from '../../stack/simulated-spotify.ts';

export const STAGE = 'test';
export const TABLES: readonly Table[] = ['playlist', 'track', 'album', 'artist'];

export type Row = Record<string, unknown>;
export type Tables = Record<Table, Row[]>;

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: Record<string, unknown>;
};

export type World = {
  readonly spotify: SpotifySimulator;
  readonly dynamodb: EmbeddedDynamodb;
  /** Variables a function needs to live in this world. */
  readonly environment: Record<string, string>;
  /** `GET /ingest`, to a process that stays warm; `remainingMs` is what Lambda would say is left. */
  ingest: (playlistRef: string, remainingMs?: number) => Promise<Answer>;
  /** `GET /playlists`, to the same process. */
  playlists: (maxRequests?: number | string) => Promise<Answer>;
  /** The next call is a cold start. */
  restart: () => void;
  /** DynamoDB operations of the function since the last look. */
  takeDynamodbCalls: () => string[];
  /** Calls to the Web API since the last look; token requests are not among them. */
  takeApiCalls: () => string[];
  rows: () => Promise<Tables>;
  close: () => Promise<void>;
};

const STACK = readStack('serverless.yml', STAGE);

let runs = 0;

/** Waits that pass at once: the clock jumps ahead by them. What waits for a socket still takes its time. */
function createJumpingClock(): Clock & { readonly jumpedMs: () => number } {
  let jumpedMs = 0;
  return {
    jumpedMs: () => jumpedMs,
    now: () => Date.now() + jumpedMs,
    random: Math.random,
    sleep: async (ms) => {
      jumpedMs += ms;
      await Promise.resolve();
    },
  };
}

export async function createWorld(options: SimulatorOptions = {}): Promise<World> {
  const spotify = await startSpotifySimulator(options);
  const dynamodbCalls: string[] = [];
  const dynamodb = await startDynamodb({
    port: 0,
    onCall: (operation) => dynamodbCalls.push(operation),
    tables: (await STACK).tables,
  });
  const environment = {
    ...spotifyVariables(spotify),
    ...Object.fromEntries(
      [...TABLES, 'state'].map((table) => [
        `${table.toUpperCase()}_TABLE`,
        `spotify-etl-${STAGE}-${table}`,
      ]),
    ),
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_REGION: EMBEDDED_REGION,
    AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
  };
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: dynamodb.url,
      region: EMBEDDED_REGION,
      credentials: EMBEDDED_CREDENTIALS,
    }),
  );
  const clock = createJumpingClock();
  const coldStart = () => {
    Object.assign(process.env, environment);
    const app = createApp(parseConfig(environment), clock);
    return {
      ingest: createIngestHandler(() => app),
      playlists: createPlaylistsHandler(() => app),
    };
  };
  let handlers = coldStart();
  const ask = async (
    name: keyof typeof handlers,
    query: Record<string, string[]> | null,
    remainingMs = 29_000,
  ): Promise<Answer> => {
    runs += 1;
    const answer = await handlers[name](
      { multiValueQueryStringParameters: query },
      {
        awsRequestId: `run-${runs}`,
        // Lambda's clock is the app's: what earlier runs jumped ahead is not this run's time.
        getRemainingTimeInMillis: () => remainingMs + clock.jumpedMs(),
      },
    );
    return {
      status: answer.statusCode,
      headers: answer.headers ?? {},
      body: JSON.parse(answer.body) as Record<string, unknown>,
    };
  };
  return {
    spotify,
    dynamodb,
    environment,
    ingest: (playlistRef, remainingMs) =>
      ask('ingest', { playlist_uri: [playlistRef] }, remainingMs),
    playlists: (maxRequests) =>
      ask('playlists', maxRequests === undefined ? null : { max_requests: [String(maxRequests)] }),
    restart: () => {
      handlers = coldStart();
    },
    takeApiCalls: () => {
      const calls = spotify.requests().filter(({ path }) => path.startsWith('/v1/'));
      spotify.clearRequests();
      return calls.map(({ path, query }) => `${path}?${new URLSearchParams(query).toString()}`);
    },
    takeDynamodbCalls: () => dynamodbCalls.splice(0).filter((operation) => operation !== 'Scan'),
    rows: async () => {
      const scanned = await Promise.all(TABLES.map((table) => scanTable(client, table)));
      return Object.fromEntries(TABLES.map((table, index) => [table, scanned[index]])) as Tables;
    },
    close: async () => {
      client.destroy();
      await Promise.all([spotify.close(), dynamodb.close()]);
    },
  };
}

/** All rows of a table, by key. */
async function scanTable(client: DynamoDBDocumentClient, table: Table): Promise<Row[]> {
  const key = `${table}_id`;
  const rows: Row[] = [];
  const scan = paginateScan({ client }, { TableName: `spotify-etl-${STAGE}-${table}` });
  for await (const page of scan) rows.push(...(page.Items ?? []));
  return rows.sort((one, other) => (String(one[key]) < String(other[key]) ? -1 : 1));
}
