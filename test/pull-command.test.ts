/** What a person types: npx spotify-etl pull. A real process, real tables, a real library, plays on a real libSQL server. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../lib/system-clock.ts';
import { Library } from '../stores/sqlite/library.ts';
import { LibraryPlays } from '../stores/sqlite/library-plays.ts';
import { openDatabase } from '../stores/sqlite/open-database.ts';
import { CLI } from './support/cli.ts';
import { playsOf, pollOf } from './support/plays.ts';
import { type ResultTables, startResultTables } from './support/result-tables.ts';
import { hasSqld, type Sqld, startSqld } from './support/sqld.ts';

type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string };

const idOf = (name: string): string => name.padEnd(22, '0');

let folder: string;
let tables: ResultTables;

beforeAll(async () => {
  tables = await startResultTables('local');
  const link = { artist_uri: 'u', artist_url: 'l' };
  await tables.put('artist', [
    { ...link, artist_id: idOf('b'), artist_name: 'Ä', artist_genres: ['new'] },
    { ...link, artist_id: idOf('a'), artist_name: 5 },
  ]);
  await tables.put('album', [
    {
      ...{ album_id: idOf('al'), album_uri: 'u', album_url: 'l' },
      album_artists: [idOf('gone'), idOf('b')],
    },
  ]);
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-command-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

afterAll(() => tables.close());

function run(args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Finished> {
  const env = {
    ...process.env,
    DATA_DIR: folder,
    AWS_PROFILE: '',
    AWS_ENDPOINT_URL_DYNAMODB: '',
    TURSO_DATABASE_URL: '',
    TURSO_AUTH_TOKEN: '',
    NO_COLOR: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...variables,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args], { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

const pull = (args: readonly string[] = [], variables: NodeJS.ProcessEnv = {}) =>
  run(['pull', '--stage', 'local', '--endpoint-url', tables.dynamodb.endpoint, ...args], variables);

test('one line a table, and what is odd is said; the next one leaves every byte as it is', async () => {
  const { code, stderr, stdout } = await pull();
  const path = join(folder, 'library-local.db');
  const bytes = await readFile(path);

  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: [
      'playlist: 0 rows',
      'track: 0 rows',
      'album: 1 rows',
      'artist: 2 rows',
      `${path}\n`,
    ].join('\n'),
  });
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/artist table has attributes .* not in the library: artist_genres$/),
    expect.stringMatching(/^! 1 artist row malformed, .* spotify-etl verify --stage local$/),
    expect.stringMatching(/^! 1 artist row missing, .* spotify-etl verify --stage local$/),
  ]);

  expect((await pull(['--quiet'])).stdout).toBe('');
  expect((await readFile(path)).equals(bytes)).toBe(true);
  expect(existsSync(`${path}-wal`)).toBe(false);
});

test('JSON for programs, and a library that sql reads', async () => {
  const library = join(folder, 'copy.db');

  const { code, stdout } = await pull(['--json', '--library', library]);
  const asked = await run([
    'sql',
    '--json',
    '--library',
    library,
    'SELECT * FROM album_artist ORDER BY position',
  ]);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    stage: 'local',
    library,
    tables: [
      { table: 'playlist' },
      { table: 'track' },
      { table: 'album', rows: 1, missing: 0, unknown_attributes: [] },
      { table: 'artist', rows: 2, malformed: 1, missing: 1, unknown_attributes: ['artist_genres'] },
    ],
  });
  expect(JSON.parse(asked.stdout)).toMatchObject([
    { artist_id: idOf('gone') },
    { artist_id: idOf('b') },
  ]);
});

const reason = hasSqld ? '' : ' (skipped: no sqld for this machine)';
(hasSqld ? describe : describe.skip)(`The plays of a stage on a libSQL server${reason}`, () => {
  let server: Sqld;
  let library: Library;
  beforeAll(async () => {
    server = await startSqld();
    library = new Library(openDatabase(server.url), systemClock);
    await new LibraryPlays(library, {}).putPoll(pollOf(playsOf(1, 50)));
  });
  afterAll(async () => {
    await library.close();
    await server.close();
  });

  test('come too, where a variable or an option names it', async () => {
    const named = await pull(['--plays-from', server.url]);
    const again = await pull(['--json'], { TURSO_DATABASE_URL: server.url });

    expect(named.stdout).toContain('play: 50 rows\n');
    expect(JSON.parse(again.stdout)).toMatchObject({
      library: join(folder, 'library-local.db'),
      plays: 50,
    });
    const into = ['--library', join(folder, 'library-local.db')];
    const asked = await run(['plays', 'top', 'artists', '--json', '--since', '2000', ...into]);
    expect(asked.stdout).toContain('Artist 1');
  });

  test('are not copied onto themselves', async () => {
    const { code, stderr } = await pull(['--plays-from', server.url, '--library', server.url]);

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('Name another --library.'),
    });
  });
});

test('a server of plays that is away ends with one line', async () => {
  const { code, stderr } = await pull(['--quiet', '--plays-from', 'http://127.0.0.1:9']);

  expect(code).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^✖ The library http:\/\/127\.0\.0\.1:9 /);
});

test("a person's own library is refused, and so is a login in a copy", async () => {
  const own = join(folder, 'library.db');
  const library = new Library(openDatabase(own), systemClock);
  await library.claim('ada');
  await library.close();

  const { code, stderr } = await pull(['--library', own]);

  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `✖ The library ${own} belongs to the Spotify account ada, not to stage local. Name another one with --library.\n`,
  });
});

test.each([
  ['--segments', '0'],
  ['--nonsense', ''],
  ['--plays-from', 'nowhere.db'],
])('wrong usage ends with 2: %s %s', async (...args) => {
  const { code, stderr } = await pull(args);

  expect(code).toBe(2);
  expect(stderr).toContain(args[1] === 'nowhere.db' ? args[1] : args[0]);
});
