/** An exported library as other programs read it: Python's csv and sqlite3, pyarrow, DuckDB, a parser of M3U8. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { openLibrary } from '../../app/library.ts';
import { pullInto } from '../../app/pull.ts';
import { generateRows } from '../support/generated-rows.ts';
import { createTriggerProgram, type TriggerProgram } from '../support/trigger-program.ts';

const ROWS = 20_000;
/** Each format, and what reads its folder. */
const OPTIONS = {
  csv: [],
  flat: ['--flat'],
  jsonl: ['--format', 'jsonl'],
  parquet: ['--format', 'parquet'],
  sqlite: ['--format', 'sqlite'],
  exportify: ['--format', 'exportify'],
  m3u8: ['--format', 'm3u8'],
};

/** Rows by table, the sum of durations, names, artists of tracks, items, local items, the first and last second. */
const EXPECTED = (() => {
  const [tracks, others] = [ROWS / 2, ROWS / 4];
  const durations = Array.from({ length: tracks }, (_, index) => 100_000 + index);
  const sum = durations.reduce((total, one) => total + one, 0);
  const rows = [ROWS / 1_000, tracks, others, others];
  return [...rows, sum, tracks, 2 * tracks, ROWS, ROWS / 100, 1_600_000_000, 1_600_000_999].join(
    ' ',
  );
})();

/** Each list has 1,000 items; those that are not local have a length. */
const LISTS = `${ROWS / 1_000} ${ROWS} ${ROWS / 100}`;

const READERS: Record<string, readonly [script: string, expected: string]> = {
  'Python csv': [
    `
import csv, sys, datetime
read = lambda name: list(csv.DictReader(open(sys.argv[1] + '/csv/' + name + '.csv', newline='', encoding='utf-8')))
tables = [read(t + '_results') for t in ('playlist', 'track', 'album', 'artist')]
items = read('playlist_items')
times = [datetime.datetime.fromisoformat(i['added_at'].replace('Z', '+00:00')).timestamp() for i in items]
print(*map(len, tables), sum(int(t['track_duration']) for t in tables[1]), len({t['track_name'] for t in tables[1]}),
  len(read('track_artists')), len(items), sum(i['kind'] == 'local' for i in items), int(min(times)), int(max(times)))`,
    EXPECTED,
  ],
  pyarrow: [
    `
import sys, pyarrow as pa, pyarrow.parquet as pq, pyarrow.compute as pc
files = [pq.ParquetFile(sys.argv[1] + f'/parquet/{t}_results.parquet') for t in ('playlist', 'track', 'album', 'artist')]
lists, tracks, *_ = tables = [f.read() for f in files]
time = pa.timestamp('ms', tz='UTC')
assert lists.schema.field('playlist_added_at').type == pa.list_(time), lists.schema
assert lists.schema.field('extracted_at').type == time and lists.schema.field('playlist_public').type == pa.bool_()
assert lists.schema.field('playlist_skipped').type.field('local').type == pa.int64()
assert tracks.schema.field('track_duration').type == pa.int64()
assert tracks.schema.field('track_artists').type == pa.list_(pa.string()), tracks.schema
assert all(f.num_row_groups > 1 for f in files[:2])
times = pc.divide(pc.list_flatten(lists['playlist_added_at']).cast(pa.int64()), 1000)
print(*(t.num_rows for t in tables), pc.sum(tracks['track_duration']), pc.count_distinct(tracks['track_name']),
  len(pc.list_flatten(tracks['track_artists'])), len(times), len(pc.list_flatten(lists['playlist_others'])), pc.min(times), pc.max(times))`,
    EXPECTED,
  ],
  'DuckDB, Parquet': [duckdb('parquet'), EXPECTED],
  'DuckDB, JSON lines': [duckdb('jsonl'), EXPECTED],
  'Python sqlite3': [
    `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1] + '/sqlite/library.db')
one = lambda sql: db.execute(sql).fetchone()
assert one('PRAGMA integrity_check') == ('ok',)
print(*(one(f'SELECT count(*) FROM {t}')[0] for t in ('playlist', 'track', 'album', 'artist')),
  *one('SELECT sum(track_duration), count(DISTINCT track_name) FROM track'), one('SELECT count(*) FROM track_artist')[0],
  *one("SELECT count(*), sum(kind = 'local'), unixepoch(min(added_at)), unixepoch(max(added_at)) FROM playlist_item LEFT JOIN item USING (uri)"))`,
    EXPECTED,
  ],
  'Python csv, flat': [
    `
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1] + '/flat/playlist_items_flat.csv', newline='', encoding='utf-8')))
assert not [c for row in rows for c in row.values() if c[:1] in ('=', '+', '-', '@', chr(9))]
assert [int(r['position']) for r in rows] == [n % 1000 + 1 for n in range(len(rows))]
print(len({r['playlist'] for r in rows}), len(rows), sum(r['length'] == '' for r in rows))`,
    LISTS,
  ],
  'DuckDB, Exportify': [
    `
import sys, duckdb
print(*duckdb.sql(f"""SELECT count(DISTINCT filename), count(*), count(*) FILTER ("Track Duration (ms)" IS NULL)
  FROM read_csv('{sys.argv[1]}/exportify/playlists/*.csv', filename = true)""").fetchone())`,
    LISTS,
  ],
  m3u8: [
    `
import glob, sys, m3u8
lists = [m3u8.load(name) for name in glob.glob(sys.argv[1] + '/m3u8/playlists/*.m3u8')]
songs = [s for l in lists for s in l.segments]
assert all(s.uri.startswith('https://open.spotify.com/track/') or s.duration == -1 for s in songs)
print(len(lists), len(songs), sum(s.uri.startswith('spotify:local:') for s in songs))`,
    LISTS,
  ],
};

function duckdb(ending: string): string {
  return `
import sys, duckdb
duckdb.sql("SET TimeZone = 'UTC'")
of = lambda table: f"'{sys.argv[1]}/${ending}/{table}_results.${ending}'"
one = lambda sql: duckdb.sql(sql).fetchone()
times = f"(SELECT unnest(playlist_added_at) AS added FROM {of('playlist')})"
second = 'epoch(added)::BIGINT' if '${ending}' == 'parquet' else 'added'
print(*(one(f'SELECT count(*) FROM {of(t)}')[0] for t in ('playlist', 'track', 'album', 'artist')),
  *one(f'SELECT sum(track_duration), count(DISTINCT track_name), sum(len(track_artists)) FROM {of("track")}'),
  *one(f"SELECT sum(len(playlist_added_at)), sum(len(playlist_others)) FROM {of('playlist')}"),
  *one(f'SELECT min({second}), max({second}) FROM {times}'))`;
}

let program: TriggerProgram;
beforeAll(async () => {
  program = await createTriggerProgram();
  const place = join(program.folder, 'library.db');
  const library = openLibrary({ place, authToken: undefined });
  await pullInto(library, generateRows(ROWS), { owner: 'test' });
  await library.close();
  for (const [name, options] of Object.entries(OPTIONS)) {
    const args = ['export', '--library', place, '--out', name, '--quiet', ...options];
    expect(await program.run(args)).toMatchObject({ code: 0, stderr: '' });
  }
});
afterAll(() => program.remove());

test.each(Object.entries(READERS))('%s finds the same in it', async (_, [script, expected]) => {
  const python = resolve('.local/python/bin/python');
  const { stdout } = await promisify(execFile)(python, ['-c', script, program.folder]);

  expect(stdout.trim()).toBe(expected);
});
