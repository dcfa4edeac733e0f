/** What a person or cron types: npx spotify-etl export. A real process, real tables and libraries, real files. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { probePort } from '../local/listen.ts';
import { CLI } from './support/cli.ts';
import { fillHistory } from './support/played-history.ts';
import { type ResultTables, startResultTables } from './support/result-tables.ts';
import { onSmallDisk } from './support/small-disk.ts';

type Finished = { readonly code: number; readonly stdout: string; readonly stderr: string };

let out: string;
let tables: ResultTables;

beforeAll(async () => {
  tables = await startResultTables('local');
  await tables.put('artist', [
    { artist_id: 'b', artist_name: '=1+1' },
    { artist_id: 'a', artist_name: 'Ä', artist_genres: ['new'] },
  ]);
});

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'spotify-etl-command-'));
});

afterEach(async () => {
  await rm(out, { recursive: true, force: true });
});

afterAll(async () => {
  await tables.close();
});

function run(...args: string[]): Promise<Finished> {
  const env = {
    ...process.env,
    DATA_DIR: join(out, 'data'),
    TURSO_DATABASE_URL: '',
    AWS_PROFILE: '',
    AWS_ENDPOINT_URL_DYNAMODB: '',
    NO_COLOR: '1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return new Promise((resolve) => {
    const program = [CLI, 'export', '--out', out, ...args];
    const child = execFile(process.execPath, program, { env }, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, stdout, stderr });
    });
  });
}

const local = (): string[] => ['--stage', 'local', '--endpoint-url', tables.dynamodb.endpoint];

test('one line per file in a log, and what is not as it should be is said', async () => {
  const { code, stderr, stdout } = await run(...local());

  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toEqual(
    [
      ...['playlist_results', 'playlist_items', 'track_results', 'track_artists'],
      ...['album_results', 'album_artists', 'artist_results'],
    ].map((name, index) =>
      expect.stringMatching(new RegExp(`/${name}\\.csv: ${index === 6 ? 2 : 0} rows, \\d+ bytes$`)),
    ),
  );
  expect(stderr).toContain('they are not in the files: artist_genres');
  expect(stderr).toContain('2 malformed rows, exported as far as possible');
  expect(stderr).toContain('npx spotify-etl verify --stage local');
  expect(await readFile(join(out, 'artist_results.csv'), 'utf8')).toBe(
    'artist_id,artist_uri,artist_url,artist_name\na,,,Ä\nb,,,=1+1\n',
  );
});

test('JSON for programs, and a file that a spreadsheet can open', async () => {
  const { code, stdout } = await run(...local(), '--tables', 'artist', '--spreadsheet', '--json');

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    tables: [{ table: 'artist', rows: 2, unknown_attributes: ['artist_genres'] }],
  });
  expect(await readFile(join(out, 'artist_results.csv'), 'utf8')).toBe(
    "\uFEFFartist_id,artist_uri,artist_url,artist_name\na,,,Ä\nb,,,'=1+1\n",
  );
});

test('a library is exported without a stage, with its plays in a file of its owner', async () => {
  const library = join(out, 'library.db');
  const plays = await fillHistory(library, 300);

  const missing = await run();
  const csv = await run('--library', library, '--plays', '--quiet');
  const both = await run('--library', library, '--stage', 'local');
  const sqlite = await run(
    '--library',
    library,
    '--plays',
    '--format',
    'sqlite',
    '--out',
    join(out, 'copy'),
  );
  const stagePlays = await run(...local(), '--plays');

  const rows: { uri: string }[] = parse(await readFile(join(out, 'plays.csv'), 'utf8'), {
    columns: true,
  });
  expect(rows.map(({ uri }) => uri)).toEqual(plays.map(({ uri }) => uri));
  expect((await stat(join(out, 'plays.csv'))).mode & 0o777).toBe(0o600);
  expect(csv).toEqual({ code: 0, stdout: '', stderr: '' });
  expect(sqlite.code).toBe(0);
  const copy = await run(
    '--library',
    join(out, 'copy', 'library.db'),
    '--plays',
    '--out',
    join(out, 'again'),
  );
  expect(copy.code).toBe(0);
  expect(await readFile(join(out, 'again', 'plays.csv'), 'utf8')).toBe(
    await readFile(join(out, 'plays.csv'), 'utf8'),
  );
  expect(missing).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no library at') as string,
  });
  expect(both.code).toBe(2);
  expect(stagePlays.stderr).toContain('TURSO_DATABASE_URL');
});

test('nothing listening is told with what to start, and no file is touched', async () => {
  const port = await probePort(0, { what: 'a test', variable: 'none' });

  const { code, stderr } = await run(
    '--stage',
    'local',
    '--endpoint-url',
    `http://127.0.0.1:${port}`,
  );

  expect(code).toBe(1);
  expect(stderr).toContain(`Nothing answers at http://127.0.0.1:${port}`);
  expect(stderr).toContain('npx spotify-etl local');
  expect(stderr).not.toContain('    at ');
  expect(await readdir(out)).toEqual([]);
});

test('a folder that takes no files ends with one line that names it', async () => {
  const file = join(out, 'file');
  await writeFile(file, 'mine');
  const places = ['/proc', '/proc/of-nobody/results', file, join(file, 'results')];

  const ended = await Promise.all(places.map((place) => run(...local(), '--out', place)));

  for (const [index, place] of places.entries()) {
    expect(ended[index]).toMatchObject({ code: 1, stdout: '' });
    expect(ended[index]?.stderr.trim().split('\n')).toEqual([
      expect.stringContaining(`The files cannot be written into ${place}: E`),
    ]);
  }
  expect(await readFile(file, 'utf8')).toBe('mine');
});

onSmallDisk('a full disk ends with one line, and the files that were there stay', async (disk) => {
  const place = join(disk, 'results');
  const first = await run(...local(), '--out', place);
  const before = await readFile(join(place, 'artist_results.csv'), 'utf8');
  await writeFile(join(disk, 'other'), Buffer.alloc(5_000_000)).catch(() => undefined);

  const { code, stderr } = await run(...local(), '--out', place);

  expect(first.code).toBe(0);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    expect.stringMatching(/The files cannot be written into .*ENOSPC.*Nothing was replaced\.$/),
  ]);
  expect(await readFile(join(place, 'artist_results.csv'), 'utf8')).toBe(before);
  expect((await readdir(place)).length).toBe(7);
});

test('a stage that is not there is told by name', async () => {
  const { code, stderr } = await run(...local(), '--stage', 'local', '--quiet');
  const other = await run('--stage', 'gone', '--endpoint-url', tables.dynamodb.endpoint);

  expect({ code, stderr: stderr.split('\n').length }).toEqual({ code: 0, stderr: 3 });
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/no tables of stage gone|no AWS credentials/);
});

test.each([
  ['--format', 'xml'],
  ['--tables', 'songs'],
  ['--flat', '--format', 'json'],
  ['--tables', 'track', '--format', 'm3u8'],
  ['--segments', '0'],
  ['--nonsense', ''],
])('wrong usage ends with 2: %s %s', async (...args) => {
  const { code, stderr } = await run(...args);

  expect(code).toBe(2);
  expect(stderr).toContain(args[0]);
});

test('--help shows examples', async () => {
  const { code, stdout } = await run('--help');

  expect(code).toBe(0);
  expect(stdout).toContain('Examples:');
});
