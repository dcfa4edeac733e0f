/** What a person types to take a listening history out: `plays export`, as a real process. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { ExportedPlay } from '../app/library.ts';
import type { Row } from './support/get-program.ts';
import { fillHistory } from './support/played-history.ts';
import { createTriggerProgram, type TriggerProgram } from './support/trigger-program.ts';

/** More than two pages. */
const ROWS = 4_500;

let program: TriggerProgram;
let library: string;
let plays: ExportedPlay[];

beforeAll(async () => {
  program = await createTriggerProgram();
  library = join(program.folder, 'library.db');
  plays = await fillHistory(library, ROWS);
});
afterAll(() => program.remove());

const run = (...args: readonly string[]) =>
  program.run(['plays', 'export', '--library', library, ...args]);
const place = (name: string): string => join(program.folder, name);

test('JSON lines have every play in its order, in a file of its owner as on standard output', async () => {
  const file = place('plays.jsonl');
  const written = await run('--out', file);
  const printed = await run('--format', 'jsonl');

  const text = await readFile(file, 'utf8');
  expect(written).toMatchObject({ code: 0, stderr: '', stdout: `Wrote 4,500 plays to ${file}.\n` });
  expect(
    text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
  ).toEqual(plays);
  expect(printed).toMatchObject({ code: 0, stderr: '' });
  expect(printed.stdout === text).toBe(true);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});

test('CSV says the same, with nothing for what nobody knows', async () => {
  const { stdout } = await run();

  const rows: Row[] = parse(stdout, { columns: true });
  expect(rows).toEqual(
    plays.map((play) =>
      Object.fromEntries(
        Object.entries(play).map(([name, value]): [string, string] => [
          name,
          value === null ? '' : String(value),
        ]),
      ),
    ),
  );
});

test('a spreadsheet runs none of the names', async () => {
  const { stdout } = await run('--spreadsheet');

  const rows: Row[] = parse(stdout, { columns: true, bom: true });
  const names = rows.map(({ name }) => String(name));
  expect(names).toContain("'=1+1");
  expect(names.filter((name) => /^[=+\-@\t\r]/.test(name))).toEqual([]);
});

test('a period ends and begins where it is said', async () => {
  const { stdout } = await run('--since', '2019', '--until', '2020', '--time-zone', 'UTC');

  const rows: Row[] = parse(stdout, { columns: true });
  const expected = plays.filter(({ ended_at }) => /^20(?:19|20)/.test(ended_at));
  expect(expected.length).toBeGreaterThan(100);
  expect(rows.map(({ ended_at }) => ended_at)).toEqual(expected.map(({ ended_at }) => ended_at));
});

test('ListenBrainz is given the starts of songs that count, and nothing private', async () => {
  const { stderr, stdout } = await run('--format', 'listenbrainz');

  const expected = plays.filter(
    ({ artist, counted, incognito, kind, name }) =>
      kind === 'track' && counted && incognito !== true && name !== null && artist !== null,
  );
  const listens = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  expect(listens).toEqual(
    expected.map(({ album, artist, ended_at, ms_played, name, uri }) => ({
      listened_at: Math.floor((Date.parse(ended_at) - (ms_played ?? 200_000)) / 1000),
      track_metadata: {
        artist_name: artist,
        track_name: name,
        ...(album !== null && { release_name: album }),
        additional_info: {
          spotify_id: `https://open.spotify.com/track/${uri.split(':')[2]}`,
          duration_ms: 200_000,
          music_service: 'spotify.com',
          submission_client: 'spotify-etl',
        },
      },
    })),
  );
  expect(stderr).toBe(`Left out: ${plays.length - expected.length} plays (see --help).\n`);
});

test('what cannot be written is said in one line, and nothing is left behind', async () => {
  await writeFile(place('kept.csv'), 'mine');
  const nowhere = await run('--out', place('none/plays.csv'));
  const noFile = await run('--format', 'parquet');
  const folder = await run('--out', program.folder);
  const backwards = await run('--out', place('kept.csv'), '--since', '2021', '--until', '2020');

  expect(nowhere).toMatchObject({ code: 1, stdout: '' });
  expect(nowhere.stderr).toMatch(/^✖ .*none\/plays\.csv cannot be written: ENOENT.*\n$/);
  expect(noFile).toMatchObject({
    code: 2,
    stderr: '✖ Parquet needs a file: --out plays.parquet.\n',
  });
  expect(folder).toMatchObject({ code: 2, stderr: `✖ ${program.folder} is not a file.\n` });
  expect(backwards.code).toBe(2);
  expect(await readFile(place('kept.csv'), 'utf8')).toBe('mine');
  expect((await readdir(program.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
