/** Spotify and DynamoDB, local and in memory, in a separate process for each measured process. */
import { writeFile } from 'node:fs/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DeleteTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
  waitUntilTableNotExists,
} from '@aws-sdk/client-dynamodb';
import type * as z from 'zod';
import { spotifyVariables } from '../cli/shared/simulated-spotify.ts';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION, startDynamodb } from '../local/dynamodb.ts';
import { startSpotifySimulator } from '../local/simulator/simulator.ts';
import { readStack } from '../local/table-definitions.ts';
import { type readySchema, serverOptionsSchema } from './served-run.ts';
import { toTraffic, watchTraffic } from './traffic.ts';

type Ready = z.infer<typeof readySchema>;

const STAGE = 'bench';

async function main(): Promise<void> {
  const { isSparse, latencyMs, recordingPaths, size } = serverOptionsSchema.parse(
    JSON.parse(process.argv[2] ?? ''),
  );
  const tables = (await readStack('serverless.yml', STAGE)).tables;
  const dynamodb = await startDynamodb({ port: 0, tables });
  const simulator = await startSpotifySimulator({ latencyMs, sparse: isSparse });
  const takeExchanges = watchTraffic();
  const ready: Ready = {
    playlistId: simulator.catalogue.playlistOfSize(size).id,
    environment: {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
      AWS_REGION: EMBEDDED_REGION,
      AWS_ACCESS_KEY_ID: EMBEDDED_CREDENTIALS.accessKeyId,
      AWS_SECRET_ACCESS_KEY: EMBEDDED_CREDENTIALS.secretAccessKey,
      ...spotifyVariables(simulator),
      ...tableVariables(tables.map(({ TableName }) => String(TableName))),
    },
  };
  process.on('message', () => {
    const exchanges = takeExchanges();
    const recordingPath = recordingPaths.shift();
    void (async () => {
      if (recordingPath !== undefined) await writeFile(recordingPath, JSON.stringify(exchanges));
      await emptyTables(dynamodb.url, tables);
      takeExchanges();
      process.send?.(toTraffic(exchanges));
    })();
  });
  process.once('disconnect', () => process.exit());
  process.send?.(ready);
}

/** Creates new tables, which is faster than deleting thousands of rows. */
async function emptyTables(
  endpoint: string,
  tables: readonly CreateTableCommandInput[],
): Promise<void> {
  const client = new DynamoDBClient({
    endpoint,
    region: EMBEDDED_REGION,
    credentials: EMBEDDED_CREDENTIALS,
  });
  const waiter = { client, maxWaitTime: 10, minDelay: 0.1, maxDelay: 0.1 };
  await Promise.all(
    tables.map(async (table) => {
      const { TableName } = table;
      await client.send(new DeleteTableCommand({ TableName }));
      await waitUntilTableNotExists(waiter, { TableName });
      await client.send(new CreateTableCommand(table));
      await waitUntilTableExists(waiter, { TableName });
    }),
  );
  client.destroy();
}

/** `PLAYLIST_TABLE` and so on, as `serverless.yml` sets them: the last word of a table's name says which it is. */
function tableVariables(tableNames: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    tableNames.map((name) => [`${name.replace(/^.*-/, '').toUpperCase()}_TABLE`, name]),
  );
}

void main();
