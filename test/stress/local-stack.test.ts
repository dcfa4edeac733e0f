/** What a person types: npm start, npm run local. */
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { problemSchema } from '../../etl/model/problem.ts';
import { ingestUrl } from '../../local/ingest-url.ts';
import { probePort } from '../../local/listen.ts';
import { createLocalPrograms, type LocalPrograms } from '../support/local-programs.ts';

const RECORDED = {
  type: 'playlist',
  id: 'recorded00000000000001',
  name: 'Recorded for a test',
  snapshot_id: 'a',
};

let local: LocalPrograms;
beforeEach(async () => {
  local = await createLocalPrograms();
});
afterEach(() => local.close());

test('npm run local serves GET /ingest until Ctrl-C, and then leaves nothing running', async () => {
  const { child, output } = local.start('local/serve.ts');
  while (!output().includes('Stop: Ctrl-C')) {
    await once(child.stdout ?? child, 'data');
  }
  const apiUrl = `http://127.0.0.1:${local.environment.API_PORT ?? ''}`;
  const ref = /playlist_uri=(\w{22})/.exec(output())?.[1] ?? '';

  const response = await fetch(ingestUrl(apiUrl, ref));
  const answer = { summary: await response.json() };
  const refused = await fetch(`${apiUrl}/ingest?playlist_uri=nonsense`);
  const problem: unknown = await refused.json();
  child.kill('SIGINT');
  const [code] = (await once(child, 'close')) as [number | null];

  expect(answer).toMatchObject({ summary: { status: 'loaded', playlist_id: ref } });
  expect(refused.status).toBe(400);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(problemSchema.parse(problem)).toMatchObject({ status: 400, kind: 'final' });
  expect(code).toBe(0);
  await expect(fetch(apiUrl)).rejects.toThrow();
  for (const port of [local.environment.API_PORT, local.environment.DYNAMODB_PORT]) {
    await expect(probePort(Number(port), { what: 'x', variable: 'y' })).resolves.toBe(Number(port));
  }
});

test.each(['API_PORT', 'DYNAMODB_PORT', 'SPOTIFY_SIMULATOR_PORT'])(
  'a taken %s ends the start with one line that says what to do',
  async (variable) => {
    const other = createServer().listen(Number(local.environment[variable]), '127.0.0.1');
    await once(other, 'listening');

    const { code, output } = await local.finish('local/serve.ts');

    other.close();
    expect(code).toBe(1);
    expect(output).toContain(`Port ${local.environment[variable] ?? ''}`);
    expect(output).toContain(`set ${variable} to another port`);
    expect(output).not.toContain('    at ');
  },
);

test('an own Spotify app without playlists named is asked for some, before anything starts', async () => {
  local.environment.SPOTIFY_CLIENT_ID = 'mine';

  const { code, output } = await local.finish('local/start.ts');

  expect(code).toBe(2);
  expect(output).toContain('npm start -- https://open.spotify.com/playlist/');
  expect(await readdir(local.dataDir)).toEqual([]);
});

test.each(['local/start.ts', 'local/serve.ts'])(
  '%s stopped by Ctrl-C while it starts ends soon, with 130, and leaves nothing running',
  async (program) => {
    const { child, output } = local.start(program);
    while (!output().includes('tables')) await once(child.stdout ?? child, 'data');

    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];

    expect(code).toBe(130);
    expect(output()).toContain('Stopped.');
    for (const port of [local.environment.API_PORT, local.environment.DYNAMODB_PORT]) {
      await expect(probePort(Number(port), { what: 'x', variable: 'y' })).resolves.toBe(
        Number(port),
      );
    }
  },
);

test('recordings are served by the simulated Spotify even where there is an own app', async () => {
  local.environment.SPOTIFY_CLIENT_ID = 'mine';
  const recordings = join(local.dataDir, 'recordings');
  await mkdir(recordings);
  const page = { href: `https://api.spotify.com/v1/playlists/${RECORDED.id}/tracks`, items: [] };
  await writeFile(
    join(recordings, 'playlist.json'),
    JSON.stringify({
      ...RECORDED,
      tracks: { ...page, limit: 100, next: null, offset: 0, total: 0 },
    }),
  );

  const { code, output } = await local.finish('local/start.ts', '--recorded', recordings);

  expect(output).toContain('Recorded for a test');
  expect(code).toBe(0);
});

test.each(['local/start.ts', 'local/serve.ts'])('%s --help shows examples', async (program) => {
  const { code, output } = await local.finish(program, '--help');

  expect(code).toBe(0);
  expect(output).toContain('Examples:');
});
