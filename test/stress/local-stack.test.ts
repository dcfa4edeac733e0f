/** What a person types: npm start, npm run local. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unpackDashboard } from '../../dashboard/unpack.ts';
import { problemSchema } from '../../etl/model/problem.ts';
import { ingestUrl } from '../../local/ingest-url.ts';
import { startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { CLI } from '../support/cli.ts';
import { createLocalPrograms, type LocalPrograms } from '../support/local-programs.ts';
import { watchMemory } from '../support/process-memory.ts';
import { onSmallDisk } from '../support/small-disk.ts';

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

/** `npm run local`, once it answers. */
async function serve() {
  const program = local.start('local/serve.ts');
  const { child, output } = program;
  while (!output().includes('Stop: Ctrl-C')) await once(child.stdout ?? child, 'data');
  const apiUrl = `http://127.0.0.1:${local.environment.API_PORT ?? ''}`;
  return { ...program, apiUrl, example: /curl '(\S+)'/.exec(output())?.[1] ?? '' };
}

/** Playlists of the simulated Spotify that anyone can read. */
async function listPlaylists(): Promise<string[]> {
  const simulator = `http://127.0.0.1:${local.environment.SPOTIFY_SIMULATOR_PORT ?? ''}`;
  const response = await fetch(`${simulator}/simulator/playlists`);
  const playlists = (await response.json()) as { uri: string }[];
  return playlists.map(({ uri }) => uri);
}

async function waitForExit(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

test('npm run local serves GET /ingest until Ctrl-C with a line for each request, and then leaves nothing running', async () => {
  const { apiUrl, child, example, output } = await serve();

  const response = await fetch(example);
  const summary: unknown = await response.json();
  const refused = await fetch(`${apiUrl}/ingest?playlist_uri=non%20sense`);
  const problem: unknown = await refused.json();
  const home = await fetch(`${apiUrl}/`);
  const page = await home.text();
  const version = await fetch(`${apiUrl}/dashboard/version`);
  const packed = await (await fetch(`${apiUrl}/dashboard/data`)).text();
  const lost = await fetch(`${apiUrl}/nothing`, { method: 'POST', body: 'x' });
  const lostProblem: unknown = await lost.json();
  child.kill('SIGINT');
  const code = await waitForExit(child);

  expect(summary).toMatchObject({ status: 'loaded' });
  expect(refused.status).toBe(400);
  expect(refused.headers.get('content-type')).toContain('application/problem+json');
  expect(problemSchema.parse(problem)).toMatchObject({ status: 400, kind: 'final' });
  expect(problemSchema.parse(lostProblem)).toMatchObject({ status: 404, code: 'NO_SUCH_PATH' });
  expect(home.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(page).toContain(`data-served="${await version.text()}"`);
  expect((await unpackDashboard(packed)).playlists).toEqual([]);
  expect(code).toBe(0);
  const [, lines = ''] = output().split('Stop: Ctrl-C');
  expect(lines.trim().split('\n')).toEqual([
    expect.stringMatching(/^[\d:]{8} GET \/ingest\?playlist_uri=\w{22} 200 loaded [\d.]+ s$/),
    expect.stringMatching(
      / GET \/ingest\?playlist_uri=non sense 400 INVALID_PLAYLIST_URI [\d.]+ s$/,
    ),
    expect.stringMatching(/ POST \/nothing 404 NO_SUCH_PATH 0\.\d s$/),
  ]);
  expect(output()).toContain('… Bundling the functions.');
  expect(await readFile(join(local.dataDir, 'api.log'), 'utf8')).toContain('"run finished"');
  await expect(fetch(apiUrl)).rejects.toThrow();
  expect(await local.findTakenPorts()).toEqual([]);
});

test('500 requests at once are all answered with a document, in less than 1 GB, and leave clean tables', async () => {
  const { apiUrl, child } = await serve();
  const uris = await listPlaylists();
  const memory = watchMemory(child.pid ?? 0);

  const answers = await Promise.all(
    Array.from({ length: 500 }, async (_, index) => {
      const response = await fetch(ingestUrl(apiUrl, uris[index % uris.length] ?? ''));
      return { response, body: await response.json() };
    }),
  );
  const again = await fetch(ingestUrl(apiUrl, uris[0] ?? ''));
  const memoryMb = await memory.stop();
  const verified = await local.finish(CLI, 'verify', '--stage', 'local');
  child.kill('SIGINT');
  await waitForExit(child);
  process.stdout.write(`500 requests at once: ${memoryMb} MB at most\n`);

  const busy = answers.filter(({ response }) => response.status === 503);
  expect(busy.length).toBeGreaterThan(0);
  expect(busy.length).toBeLessThan(500);
  for (const { body, response } of answers.filter((one) => !one.response.ok)) {
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(problemSchema.parse(body).status).toBe(response.status);
  }
  for (const { body, response } of busy) {
    expect(body).toMatchObject({ code: 'API_BUSY', kind: 'later' });
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/);
  }
  expect(again.status).not.toBe(503);
  expect(verified).toMatchObject({ code: 0 });
  if (memoryMb !== undefined) expect(memoryMb).toBeLessThan(1_024);
});

test('the stack and get at once keep to one budget and one pace, in one ledger', async () => {
  const spotify = await startSpotifySimulator();
  const { clientId, clientSecret, refreshToken } = spotify.credentials;
  Object.assign(local.environment, {
    SPOTIFY_API_URL: spotify.url,
    SPOTIFY_ACCOUNTS_URL: spotify.url,
    SPOTIFY_CLIENT_ID: clientId,
    SPOTIFY_CLIENT_SECRET: clientSecret,
    SPOTIFY_REFRESH_TOKEN: refreshToken,
    SPOTIFY_DAILY_CALLS: '60',
    SPOTIFY_RESERVED_CALLS: '0',
    SPOTIFY_BURST_CALLS: '10',
    SPOTIFY_CALLS_PER_SECOND: '5',
  });
  const { apiUrl, child } = await serve();
  const startedAt = Date.now();
  const getting = local.finish('cli/spotify-etl.cjs', 'get', '--all', '--quiet');
  const own = [...spotify.catalogue.playlists.values()].filter(({ access }) => access === 'own');
  const codes = new Set<number>();
  for (const { id } of own.slice(0, 60)) {
    codes.add((await fetch(`${apiUrl}/ingest?playlist_uri=${id}`)).status);
  }
  const { code } = await getting;
  const seconds = (Date.now() - startedAt) / 1000;
  child.kill('SIGTERM');
  await waitForExit(child);
  const calls = spotify.requests().filter(({ path }) => path.startsWith('/v1/')).length;
  await spotify.close();

  expect(code).toBe(75);
  expect([...codes]).toEqual(expect.arrayContaining([200, 503]));
  expect(calls).toBeGreaterThan(40);
  expect(calls).toBeLessThanOrEqual(Math.min(60, 10 + 5 * seconds));
});

test('a stack that is killed leaves no process that keeps a port', async () => {
  const { child } = await serve();

  child.kill('SIGKILL');
  await waitForExit(child);

  for (let tries = 0; tries < 100 && (await local.findTakenPorts()).length > 0; tries += 1) {
    await sleep(50);
  }
  expect(await local.findTakenPorts()).toEqual([]);
});

test('tables that cannot be used end the start with one line that names the folder', async () => {
  const path = join(local.dataDir, 'dynamodb-simulated');
  await mkdir(path);
  await writeFile(join(path, '000005.ldb'), 'rows');

  const { code, output } = await local.finish('local/serve.ts');

  expect(code).toBe(1);
  expect(output.trim().split('\n')).toEqual([
    expect.stringMatching(/^✖ The tables in .*dynamodb-simulated cannot be used: .*CURRENT.*\(mv /),
  ]);
  expect(await readdir(path)).toEqual(['000005.ldb']);
});

onSmallDisk(
  'a full disk is named by every answer, and by the next start',
  async (disk) => {
    local.environment.DATA_DIR = disk;
    const { apiUrl, child, output } = await serve();
    const exited = waitForExit(child);
    await writeFile(join(disk, 'other'), Buffer.alloc(5_000_000)).catch(() => undefined);

    const answers: string[] = [];
    for (const uri of (await listPlaylists()).slice(0, 10)) {
      // The stack ends where the tables have no room; where the ledger has none, it answers.
      if (child.exitCode !== null) break;
      const answer = await fetch(ingestUrl(apiUrl, uri)).catch(() => undefined);
      if (answer?.ok === false) answers.push(await answer.text());
    }
    child.kill('SIGTERM');
    await exited;
    const { code, output: nextOutput } = await local.finish('local/serve.ts');

    expect([output(), ...answers].join('\n')).toMatch(
      /disk (?:with the tables in \S+ |fails or )?is full/,
    );
    expect(code).toBe(1);
    expect(nextOutput).toMatch(/✖ .*disk (?:with the tables in \S+ |fails or )?is full/);
    expect(output() + nextOutput).not.toContain('    at ');
    expect(await local.findTakenPorts()).toEqual([]);
  },
  4,
);

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

test('an own Spotify app without a login starts nothing, and the last line is what to type', async () => {
  local.environment.SPOTIFY_CLIENT_ID = 'mine';

  const { code, output } = await local.finish('local/start.ts', '37i9dQZF1DXcBWIGoYBM5M');

  expect(code).toBe(2);
  expect(output.trim().split('\n').at(-1)?.trim()).toBe('npx spotify-etl login');
  expect(output).not.toContain('export');
  expect(await readdir(local.dataDir)).not.toContain('results');
});

test('with an own Spotify app the line to try needs no playlist', async () => {
  local.environment.SPOTIFY_CLIENT_ID = 'mine';
  const { apiUrl, child, example } = await serve();

  const response = await fetch(example);
  const problem: unknown = await response.json();
  child.kill('SIGINT');
  await waitForExit(child);

  expect(example).toBe(`${apiUrl}/playlists`);
  expect(problemSchema.parse(problem).code).toBe('REAUTH_REQUIRED');
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
    expect(await local.findTakenPorts()).toEqual([]);
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
