/** What a person types: npm start, npm run local. Real processes, real ports, real files. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { problemSchema } from '../etl/model/problem.ts';
import { ingestUrl } from '../local/ingest-url.ts';
import { probePort } from '../local/listen.ts';

const RECORDED = {
  type: 'playlist',
  id: 'recorded00000000000001',
  name: 'Recorded for a test',
  snapshot_id: 'a',
};

type Finished = { readonly code: number | null; readonly output: string };

let dataDir: string;
let environment: Record<string, string>;
const running: ChildProcess[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'spotify-etl-local-'));
  environment = {
    API_PORT: await freePort(),
    DYNAMODB_PORT: await freePort(),
    SPOTIFY_SIMULATOR_PORT: await freePort(),
    DATA_DIR: dataDir,
    NO_COLOR: '1',
  };
});

afterEach(async () => {
  for (const child of running.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

/** Below the range that outgoing connections take theirs from, so that nobody takes it before the program does. */
async function freePort(): Promise<string> {
  for (;;) {
    const port = randomInt(20_000, 30_000);
    const free = await probePort(port, { what: 'a test', variable: 'none' }).catch(() => undefined);
    if (free !== undefined) return String(free);
  }
}

function run(program: string, ...args: string[]): { child: ChildProcess; output: () => string } {
  const {
    SPOTIFY_CLIENT_ID,
    SPOTIFY_API_URL,
    POWERTOOLS_LOG_LEVEL,
    AWS_ENDPOINT_URL_DYNAMODB,
    ...inherited
  } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    env: { ...inherited, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (written: Buffer) => {
      output += written.toString();
    });
  }
  return { child, output: () => output };
}

async function finish(program: string, ...args: string[]): Promise<Finished> {
  const { child, output } = run(program, ...args);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: output() };
}

test('npm start loads some playlists, shows what came of it, and finds them unchanged the next time', async () => {
  const first = await finish('local/start.ts');
  const second = await finish('local/start.ts');

  expect(first).toMatchObject({ code: 0 });
  expect(first.output.match(/\bloaded\b/g)?.length).toBeGreaterThanOrEqual(5);
  for (const text of ['Road Trip', 'playlist_num_items', 'track_name', 'curl ']) {
    expect(first.output).toContain(text);
  }
  expect(second).toMatchObject({ code: 0 });
  expect(second.output).not.toMatch(/\bloaded\b/);
  expect(second.output.match(/\bunchanged\b/g)?.length).toBeGreaterThanOrEqual(5);
}, 60_000);

test('npm run local serves GET /ingest until Ctrl-C, and then leaves nothing running', async () => {
  const { child, output } = run('local/serve.ts');
  while (!output().includes('Stop: Ctrl-C')) {
    await once(child.stdout ?? child, 'data');
  }
  const apiUrl = `http://127.0.0.1:${environment.API_PORT ?? ''}`;
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
  for (const port of [environment.API_PORT, environment.DYNAMODB_PORT]) {
    await expect(probePort(Number(port), { what: 'x', variable: 'y' })).resolves.toBe(Number(port));
  }
}, 60_000);

test.each(['API_PORT', 'DYNAMODB_PORT', 'SPOTIFY_SIMULATOR_PORT'])(
  'a taken %s ends the start with one line that says what to do',
  async (variable) => {
    const other = createServer().listen(Number(environment[variable]), '127.0.0.1');
    await once(other, 'listening');

    const { code, output } = await finish('local/serve.ts');

    other.close();
    expect(code).toBe(1);
    expect(output).toContain(`Port ${environment[variable] ?? ''}`);
    expect(output).toContain(`set ${variable} to another port`);
    expect(output).not.toContain('    at ');
  },
  30_000,
);

test('an own Spotify app without playlists named is asked for some, before anything starts', async () => {
  environment.SPOTIFY_CLIENT_ID = 'mine';

  const { code, output } = await finish('local/start.ts');

  expect(code).toBe(2);
  expect(output).toContain('npm start -- https://open.spotify.com/playlist/');
  expect(await readdir(dataDir)).toEqual([]);
}, 30_000);

test.each(['local/start.ts', 'local/serve.ts'])(
  '%s stopped by Ctrl-C while it starts ends soon, with 130, and leaves nothing running',
  async (program) => {
    const { child, output } = run(program);
    while (!output().includes('tables')) await once(child.stdout ?? child, 'data');

    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number | null];

    expect(code).toBe(130);
    expect(output()).toContain('Stopped.');
    for (const port of [environment.API_PORT, environment.DYNAMODB_PORT]) {
      await expect(probePort(Number(port), { what: 'x', variable: 'y' })).resolves.toBe(
        Number(port),
      );
    }
  },
  30_000,
);

test('recordings are served by the simulated Spotify even where there is an own app', async () => {
  environment.SPOTIFY_CLIENT_ID = 'mine';
  const recordings = join(dataDir, 'recordings');
  await mkdir(recordings);
  const page = { href: `https://api.spotify.com/v1/playlists/${RECORDED.id}/tracks`, items: [] };
  await writeFile(
    join(recordings, 'playlist.json'),
    JSON.stringify({
      ...RECORDED,
      tracks: { ...page, limit: 100, next: null, offset: 0, total: 0 },
    }),
  );

  const { code, output } = await finish('local/start.ts', '--recorded', recordings);

  expect(output).toContain('Recorded for a test');
  expect(code).toBe(0);
}, 30_000);

test.each(['local/start.ts', 'local/serve.ts'])(
  '%s --help shows examples',
  async (program) => {
    const { code, output } = await finish(program, '--help');

    expect(code).toBe(0);
    expect(output).toContain('Examples:');
  },
  30_000,
);
