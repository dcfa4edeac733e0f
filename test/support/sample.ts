/**
 * The sample in results/: two small playlists of the simulated catalogue, loaded by the pipeline into embedded tables and
 * exported. Clock and run ID are fixed, so that the same code gives the same bytes.
 */

import { createApp, createTableReader } from '../../app/app.ts';
import { parseConfig } from '../../app/config.ts';
import { stageRows } from '../../app/picture.ts';
import { exportRows } from '../../cli/export/export-rows.ts';
import { spotifyVariables } from '../../cli/shared/simulated-spotify.ts';
import { startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { startResultTables } from './result-tables.ts';

export const SAMPLE_FOLDER = 'results/sample';
const PLAYLISTS = ['Sunday Pancakes', 'Road Trip'];
const READ_AT_MS = Date.parse('2026-11-20T08:00:00.000Z');

/** Writes the sample into a folder. */
export async function writeSample(out: string): Promise<void> {
  const spotify = await startSpotifySimulator();
  const { close, dynamodb, tableNames } = await startResultTables('sample');
  try {
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_DYNAMODB: dynamodb.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
    });
    const config = parseConfig({
      ...spotifyVariables(spotify),
      ...Object.fromEntries(
        Object.entries(tableNames).map(([table, name]) => [`${table.toUpperCase()}_TABLE`, name]),
      ),
      STATE_TABLE: 'spotify-etl-sample-state',
    });
    const app = createApp(config, {
      clock: { now: () => READ_AT_MS, random: () => 0, sleep: () => Promise.resolve() },
    });
    for (const name of PLAYLISTS) {
      const playlist = [...spotify.catalogue.playlists.values()].find((one) => one.name === name);
      if (playlist === undefined) throw new Error(`The catalogue has no playlist ${name}`);
      await app.ingestPlaylist(playlist.id, {
        runId: 'sample-run',
        deadlineAt: READ_AT_MS + 29_000,
      });
    }
    const reader = createTableReader({ dynamodb, segments: 4, readUnitsPerSecond: 40_000 });
    const source = stageRows(reader, tableNames);
    await exportRows({ source }, { format: 'csv', owner: 'stage sample', out });
    reader.close();
  } finally {
    await Promise.all([spotify.close(), close()]);
  }
}
