/** The whole system on one machine: tables on disk, a real or simulated Spotify, and the API. */
import { join } from 'node:path';
import { openLibrary } from '../app/library.ts';
import type { Table } from '../etl/model/records.ts';
import { LOCAL_STAGE } from '../stack/serverless-yml.ts';
import { type ApiOptions, type LocalApi, startApi } from './api.ts';
import { createLocalDashboard } from './dashboard.ts';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedDynamodb,
  startDynamodb,
} from './dynamodb.ts';
import { libraryVariables } from './fill-library.ts';
import { probePort } from './listen.ts';
import type { LocalSettings } from './settings.ts';
import { type SpotifySimulator, startSpotifySimulator } from './simulator/simulator.ts';
import { readStack } from './table-definitions.ts';
import { assertUsable, endOnFailure } from './tables-folder.ts';

export type LocalStack = {
  /** The API's base; `/ingest` is below it. */
  readonly apiUrl: string;
  /** Resolves if the API ends unexpectedly. */
  readonly untilApiEnds: Promise<void>;
  readonly dynamodbUrl: string;
  /** Physical name of each table. */
  readonly tableNames: Readonly<Record<Table, string>>;
  /** Absent with the real Spotify. */
  readonly simulator: SpotifySimulator | undefined;
  readonly close: () => Promise<void>;
};

export type StackOptions = Pick<ApiOptions, 'log' | 'onAnswer' | 'stopping'> & {
  readonly settings: LocalSettings;
  /** Folder of recorded replies for the simulated Spotify. */
  readonly recordedDir?: string | undefined;
  /** Called when a part is ready. */
  readonly onReady?: (part: string, where: string) => void;
  /** Called for a slow step; the returned function is called at its end. */
  readonly onWait?: (what: string) => () => void;
};

type Closeable = { readonly close: () => Promise<void> };

/**
 * Starts everything, tables first. If a part fails, the earlier ones are stopped.
 *
 * @throws Error if a port is in use or the tables cannot be opened
 */
export async function startStack(options: StackOptions): Promise<LocalStack> {
  const started: Closeable[] = [];
  const close = async (): Promise<void> => {
    for (const part of started.splice(0).reverse()) await part.close();
  };
  const keep = <Part extends Closeable>(part: Part): Part => {
    started.push(part);
    options.stopping.throwIfAborted();
    return part;
  };
  try {
    const { onReady, onWait, settings } = options;
    await probePort(settings.apiPort, { what: 'the API', variable: 'API_PORT' });
    const { tableNames, tables } = await readStack('serverless.yml', LOCAL_STAGE);
    const path = dataFolder(options);
    await assertUsable(path);
    keep(endOnFailure(path));
    const dynamodb = keep(await startDynamodb({ port: settings.dynamodbPort, path, tables }));
    onReady?.('tables', `${dynamodb.url}, kept in ${path}`);
    const simulator =
      settings.ownSpotify === undefined ? keep(await startSpotify(options)) : undefined;
    onReady?.('Spotify', simulator === undefined ? 'the real one' : `${simulator.url}, simulated`);
    const ended = onWait?.('Bundling the functions. The first time takes about ten seconds.');
    const api = keep(await startFunctions(options, { dynamodb, simulator }).finally(ended));
    onReady?.('API', `${api.url}/ingest`);
    return {
      apiUrl: api.url,
      untilApiEnds: api.untilItEnds,
      dynamodbUrl: dynamodb.url,
      tableNames,
      simulator,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Keeps rows of the simulated catalogue, of recordings and of the real Spotify separate. */
function dataFolder({ settings, recordedDir }: StackOptions): string {
  const simulated = recordedDir === undefined ? 'dynamodb-simulated' : 'dynamodb-recorded';
  return join(settings.dataDir, settings.ownSpotify === undefined ? simulated : 'dynamodb');
}

async function startSpotify({ settings, recordedDir }: StackOptions): Promise<SpotifySimulator> {
  const { simulatorPort } = settings;
  const use = { what: 'the simulated Spotify', variable: 'SPOTIFY_SIMULATOR_PORT' };
  return startSpotifySimulator({
    port: await probePort(simulatorPort, use),
    listener: 'normal',
    ...(recordedDir === undefined ? {} : { recordedDir }),
  });
}

async function startFunctions(
  { log, onAnswer, settings, stopping }: StackOptions,
  parts: { dynamodb: EmbeddedDynamodb; simulator: SpotifySimulator | undefined },
): Promise<LocalApi> {
  const variables = libraryVariables(settings, parts);
  await prepareLibrary(variables.QUOTA_LIBRARY);
  return await startApi({
    port: settings.apiPort,
    dashboard: createLocalDashboard(settings, variables),
    log,
    onAnswer,
    stopping,
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: parts.dynamodb.url,
      AWS_REGION: EMBEDDED_REGION,
      AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
      ...variables,
    },
  });
}

/** The functions have no migrations in their bundles. */
async function prepareLibrary(place: string): Promise<void> {
  const library = openLibrary({ place, authToken: undefined });
  await library.run([{ sql: 'SELECT 1' }]);
  await library.close();
}
