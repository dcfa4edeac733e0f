/** The report on album lengths as other programs read it: Python's csv, pyarrow, DuckDB. */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { reportAlbums } from '../../app/album-report.ts';
import type { ListingSink, StoredAlbums } from '../../etl/load/sinks.ts';
import { CATALOGUE, FAMILIES } from '../fixtures/albums/catalogue.ts';
import { createTriggerProgram, type TriggerProgram } from '../support/trigger-program.ts';

const NAMES = new Map([
  ['A', 'Ålice "A", the first'],
  ['B', '夜の電車 🌴'],
  ['C', '=IMPORTXML("x")'],
]);
const STORED: StoredAlbums & ListingSink = {
  findListings: () => Promise.resolve([]),
  putListing: () => Promise.resolve(),
  listAlbums: () => Promise.resolve([...CATALOGUE]),
  findNames: () => Promise.resolve(NAMES),
};
const DAY = 'year=2026/month=11/day=26/part-0.parquet';

/** Each prints: families, their milliseconds, years, tracks and editions in sum, those excluded, the names. */
const READERS = {
  'Python csv': `
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1] + '/report.csv', newline='', encoding='utf-8')))
add = lambda name: sum(int(row[name]) for row in rows if row[name])
print(len(rows), add('Album Duration MS'), add('Year Released'), add('tracks'), add('editions'),
  sum(row['excluded'] != '' for row in rows), *sorted({row['Artist'] for row in rows}), sep='|')`,
  pyarrow: `
import sys, pyarrow.parquet as pq, pyarrow.compute as pc
table = pq.read_table(sys.argv[1] + '/album-length/v1/dataset=family')
add = lambda name: pc.sum(table[name])
assert table['year'].unique().to_pylist() == [2026]
print(table.num_rows, add('album_duration'), add('release_year'), add('tracks'), add('editions'),
  table['excluded'].length() - table['excluded'].null_count, *sorted(set(table['artist'].to_pylist())), sep='|')`,
  DuckDB: `
import sys, duckdb
family = f"read_parquet('{sys.argv[1]}/album-length/v1/dataset=family/**/*.parquet', hive_partitioning = true)"
row = duckdb.sql(f"""SELECT count(*), sum(album_duration), sum(release_year), sum(tracks), sum(editions), count(excluded),
  list_sort(list(DISTINCT artist)) FROM {family} WHERE year = 2026 AND month = 11""").fetchone()
print(*row[:6], *row[6], sep='|')`,
  'DuckDB, CSV': `
import sys, duckdb
row = duckdb.sql(f"""SELECT count(*), sum("Album Duration MS"), sum("Year Released"), sum(tracks), sum(editions), count(excluded),
  list_sort(list(DISTINCT "Artist")) FROM '{sys.argv[1]}/report.csv'""").fetchone()
print(*row[:6], *row[6], sep='|')`,
};

const ALBUMS = `
import sys, duckdb, pyarrow.parquet as pq
path = sys.argv[1] + '/album-length/v1/dataset=album/${DAY}'
rows = duckdb.sql(f"SELECT count(*), count(DISTINCT family_key), count(*) FILTER (is_representative), sum(album_duration) FROM '{path}'").fetchone()
table = pq.read_table(path, partitioning=None)
assert (table.num_rows, sum(filter(None, table['album_duration'].to_pylist()))) == (rows[0], rows[3])
print(*rows)`;

let program: TriggerProgram;
beforeAll(async () => {
  program = await createTriggerProgram();
  const putFiles: Parameters<typeof reportAlbums>[1]['putFiles'] = async (files) => {
    for (const { content, path } of files) {
      await mkdir(dirname(join(program.folder, path)), { recursive: true });
      await writeFile(join(program.folder, path), content);
    }
  };
  const report = { artistIds: ['A', 'B', 'C'], market: 'US', day: new Date('2026-11-27') };
  await reportAlbums(STORED, { putFiles }, report);
});
afterAll(() => program.remove());

async function read(script: string): Promise<string> {
  const python = resolve('.local/python/bin/python');
  const { stdout } = await promisify(execFile)(python, ['-c', script, program.folder]);
  return stdout.trim();
}

test('all readers find the same in it', async () => {
  const found = await Promise.all(Object.values(READERS).map(read));
  const [families, , , , editions, excluded, ...names] = (found[0] ?? '').split('|');
  expect(new Set(found)).toEqual(new Set([found[0]]));
  expect([families, editions]).toEqual([String(FAMILIES.length), String(CATALOGUE.length)]);
  expect(Number(excluded)).toBeGreaterThan(20);
  expect(new Set(names)).toEqual(new Set(NAMES.values()));
});

test('every album is there, with its family', async () => {
  const [albums, families, representatives] = (await read(ALBUMS)).split(' ').map(Number);
  expect([albums, families, representatives]).toEqual([60, FAMILIES.length, FAMILIES.length]);
});
