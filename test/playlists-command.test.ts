/** What a person types: npx spotify-etl playlists. A real process, the simulated Spotify, real tables. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PlaylistListing } from '../etl/model/playlist-listing.ts';
import { probePort } from '../local/listen.ts';
import { parsePlaylists } from '../trigger/playlists-file.ts';
import { CLI } from './support/cli.ts';
import { createWorld, STAGE, type World } from './support/world.ts';

type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string };

const OWN = 266;

let world: World;
let loadedId: string;
let changedId: string;

beforeAll(async () => {
  world = await createWorld();
  const { catalogue } = world.spotify;
  loadedId = catalogue.playlistOfSize(49).id;
  changedId = catalogue.playlistOfSize(50).id;
  await world.ingest(loadedId);
  await world.ingest(changedId);
  world.spotify.appendTracks(changedId, 1);
});
beforeEach(() => {
  world.spotify.clearRequests();
});
afterAll(async () => {
  await world.close();
});

/** Without table names: the command finds them by the stage. */
function run(args: string[], variables: Record<string, string> = {}): Promise<Finished> {
  const { PLAYLIST_TABLE, TRACK_TABLE, ALBUM_TABLE, ARTIST_TABLE, STATE_TABLE, ...set } =
    world.environment;
  const inherited = Object.entries(process.env).filter(([name]) => !/^SPOTIFY_|_TABLE$/.test(name));
  const env = { ...Object.fromEntries(inherited), ...set, NO_COLOR: '1', ...variables };
  return new Promise((resolve) => {
    const program = [CLI, 'playlists', '--stage', STAGE, ...args];
    const child = execFile(process.execPath, program, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

const linesOf = ({ stdout }: Finished): string[] => stdout.trimEnd().split('\n');

test('a line per playlist, readable ones marked, then counts and cost', async () => {
  const finished = await run([]);

  expect(finished).toMatchObject({ code: 0, stderr: '' });
  const lines = linesOf(finished);
  expect(lines[0]).toMatch(/^ {2}name +relation +items +state +URI$/);
  expect(lines).toContainEqual(
    expect.stringMatching(
      new RegExp(`^✔ Exactly 49 +owned +49 +unchanged +spotify:playlist:${loadedId}$`),
    ),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^ {2}\S.* followed +\d+ +new +spotify:/));
  expect(lines.at(-1)).toBe(
    `296 playlists, ${OWN} readable (✔): 294 new, 1 changed, 1 unchanged, 5 withheld by Spotify; 8 calls.`,
  );
  expect(world.takeApiCalls()).toHaveLength(8);
});

test('--csv leaves out an entry that Spotify bent, and writes all others', async () => {
  const whole = await run(['--csv']);
  world.spotify.addFault({
    match: { path: /\/me\/playlists$/, offset: 0 },
    action: { type: 'odd-values', values: [{ path: ['items', 0, 'id'], value: null }] },
  });

  const bent = await run(['--csv']);

  expect(bent.code).toBe(0);
  expect(linesOf(bent)).toEqual(linesOf(whole).toSpliced(1, 1));
});

test('--csv is a playlists file for the trigger, of the readable ones', async () => {
  const { code, stderr, stdout } = await run(['--csv']);

  expect(code).toBe(0);
  expect(stdout.split('\n')[0]).toBe('playlist_uri,request_sent,response');
  const { rows } = parsePlaylists(Buffer.from(stdout));
  const readable = [...world.spotify.catalogue.playlists.values()].filter(({ access }) =>
    ['own', 'collaborative'].includes(access),
  );
  expect(rows.map(({ uri }) => uri)).toEqual(readable.map(({ id }) => `spotify:playlist:${id}`));
  expect(rows.every(({ isSent }) => !isSent)).toBe(true);
  expect(stderr).toContain('296 playlists');
});

test('--changed leaves out what is stored as it is, and what Spotify withholds', async () => {
  const table = await run(['--changed']);
  const csv = await run(['--changed', '--csv']);

  expect(table.stdout).toContain(changedId);
  expect(table.stdout).not.toContain(loadedId);
  expect(table.stdout.match(/spotify:playlist:/g)).toHaveLength(OWN - 1);
  expect(parsePlaylists(Buffer.from(csv.stdout)).rows).toHaveLength(OWN - 1);
});

test('--json has everything', async () => {
  const { stdout } = await run(['--json']);

  const listing = JSON.parse(stdout) as PlaylistListing;
  expect(listing).toMatchObject({ complete: true, spotify_requests: 8, counts: { unchanged: 1 } });
  expect(listing.playlists.find(({ playlist_id: id }) => id === changedId)).toMatchObject({
    state: 'changed',
    relation: 'owned',
    readable: true,
    items: 51,
  });
});

test('without tables it still lists, with a warning; --changed then says what to do', async () => {
  const port = await probePort(0, { what: 'a test', variable: 'none' });
  const endpoint = ['--endpoint-url', `http://127.0.0.1:${port}`];

  const [listed, gone, changed] = await Promise.all([
    run(endpoint),
    run(['--stage', 'gone', '--json']),
    run([...endpoint, '--changed']),
  ]);

  expect(listed.code).toBe(0);
  expect(listed.stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/^! The tables cannot be read.*Nothing answers at/),
  ]);
  expect(linesOf(listed).at(-1)).toContain('296 of unknown state');
  expect(gone.stderr).toContain('no tables of stage gone');
  expect((JSON.parse(gone.stdout) as PlaylistListing).counts).toMatchObject({ unknown: 296 });
  expect(changed).toMatchObject({ code: 1, stdout: '' });
  expect(changed.stderr).toContain(`Nothing answers at http://127.0.0.1:${port}`);
});

test('what Spotify refuses is told in a line', async () => {
  world.spotify.addFault({
    match: { path: /me\/playlists/ },
    action: { type: 'status', status: 403, body: 'json', message: 'Insufficient client scope' },
  });

  const { code, stderr, stdout } = await run([]);

  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^✖ The token lacks a scope .*\n$/);
});

test('on stage local it talks to what npm run local serves', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-command-'));
  await writeFile(join(folder, 'spotify-login.json'), '{}');
  const { SPOTIFY_API_URL = '' } = world.environment;
  const variables = {
    ...Object.fromEntries(Object.keys(world.environment).map((name) => [name, ''])),
    SPOTIFY_SIMULATOR_PORT: new URL(SPOTIFY_API_URL).port,
    DYNAMODB_PORT: new URL(world.dynamodb.url).port,
    DATA_DIR: folder,
  };

  const { code, stderr, stdout } = await run(['--stage', 'local'], variables);

  await rm(folder, { recursive: true });
  expect(code).toBe(0);
  expect(stdout).toContain('296 playlists');
  // The tables of this world are of another stage.
  expect(stderr).toContain('no tables of stage local');
});

test.each([
  [['--csv', '--json'], '--json'],
  [['--store', 'cloud'], '--store'],
  [['--nonsense'], '--nonsense'],
])('wrong usage ends with 2: %j', async (args, named) => {
  const { code, stderr } = await run(args);

  expect(code).toBe(2);
  expect(stderr).toContain(named);
});

test('--help shows examples and exit codes', async () => {
  const { code, stdout } = await run(['--help']);

  expect(code).toBe(0);
  expect(stdout).toContain('Examples:');
  expect(stdout).toContain('Exit codes:');
});
