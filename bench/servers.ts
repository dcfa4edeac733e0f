/** Spotify and DynamoDB, both local and in memory, fresh for one run and in a process of their own. */
import { writeFile } from 'node:fs/promises';
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
  const { size, latencyMs, recordingPath } = serverOptionsSchema.parse(
    JSON.parse(process.argv[2] ?? ''),
  );
  const tables = (await readStack('serverless.yml', STAGE)).tables;
  const dynamodb = await startDynamodb({ port: 0, tables });
  const simulator = await startSpotifySimulator({ latencyMs });
  const listExchanges = watchTraffic();
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
  process.once('message', () => {
    const exchanges = listExchanges();
    const written =
      recordingPath === undefined
        ? Promise.resolve()
        : writeFile(recordingPath, JSON.stringify(exchanges));
    void written.then(() => process.send?.(toTraffic(exchanges), () => process.exit()));
  });
  process.once('disconnect', () => process.exit());
  process.send?.(ready);
}

/** `PLAYLIST_TABLE` and so on, as `serverless.yml` sets them: the last word of a table's name says which it is. */
function tableVariables(tableNames: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    tableNames.map((name) => [`${name.replace(/^.*-/, '').toUpperCase()}_TABLE`, name]),
  );
}

void main();
