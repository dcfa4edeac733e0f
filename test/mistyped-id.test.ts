/** A mistyped ID that Spotify refuses with 400 is final: it costs one call, however often the trigger runs. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { parseTriggerOptions } from '../trigger/options.ts';
import { runTriggerCommand } from '../trigger/run-command.ts';
import { startIngestServer } from './support/ingest-server.ts';
import { createQuietHost } from './support/quiet-host.ts';
import { createWorld } from './support/world.ts';

const RUNS = 20;
const DAILY_CALLS = 60;
/** 22 characters, but more than an ID can hold. */
const MISTYPED = '8cEYpjA9oz9GiPac4AsH4n';

test(`in ${RUNS} trigger runs on a budget of ${DAILY_CALLS} calls a day costs one call`, async () => {
  const world = await createWorld({
    variables: { SPOTIFY_DAILY_CALLS: String(DAILY_CALLS), SPOTIFY_RESERVED_CALLS: '0' },
  });
  const api = await startIngestServer(async (uri) => {
    const { status, headers, body } = await world.ingest(uri);
    return { status, headers: headers as Record<string, string>, body };
  });
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-mistyped-'));
  const file = join(folder, 'playlists.csv');
  const { id } = world.spotify.catalogue.playlistOfSize(100);
  try {
    await writeFile(file, `playlist_uri,request_sent,response\n${MISTYPED},,\n${id},,\n`);

    for (let run = 1; run <= RUNS; run += 1) {
      const options = parseTriggerOptions({ endpoint: api.url });
      await runTriggerCommand({ file, options, host: createQuietHost() });
    }

    const rows: Record<string, string>[] = parse(await readFile(file), { columns: true });
    expect(rows.map(({ response }) => JSON.parse(response ?? '') as object)).toMatchObject([
      { status: 404, code: 'PLAYLIST_NOT_FOUND', message: expect.stringContaining('mistyped') },
      { status: 200, code: 'loaded' },
    ]);
    const paths = world.takeApiCalls().map((call) => call.split('?')[0]);
    expect(paths.sort()).toEqual([MISTYPED, id].sort().map((each) => `/v1/playlists/${each}`));
    // What is left of the budget can be spent to the last call, so nothing else was counted.
    const statuses: number[] = [];
    for (let call = 3; call <= DAILY_CALLS + 1; call += 1) {
      statuses.push((await world.ingest(id)).status);
    }
    expect(statuses.indexOf(503)).toBe(DAILY_CALLS - 2);
  } finally {
    await Promise.all([api.close(), rm(folder, { recursive: true })]);
    await world.close();
  }
});
