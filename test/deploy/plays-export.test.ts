/** Exported plays as other programs read them: Python's csv, pyarrow, DuckDB. */
import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { fillHistory } from '../support/played-history.ts';
import { watchMemory } from '../support/process-memory.ts';
import { createTriggerProgram, type TriggerProgram } from '../support/trigger-program.ts';

const ROWS = 235_000;
const BUDGET_MB = 300;

/** Each prints: rows, ms played, rows without them, counted rows, skipped rows, names, the first and the last end. */
const READERS = {
  'Python csv': `
import csv, sys, datetime
rows = list(csv.DictReader(open(sys.argv[1] + '/plays.csv', newline='', encoding='utf-8')))
ms = [int(row['ms_played']) for row in rows if row['ms_played']]
seconds = [datetime.datetime.fromisoformat(row['ended_at'].replace('Z', '+00:00')) for row in rows]
print(len(rows), sum(ms), len(rows) - len(ms), sum(row['counted'] == 'true' for row in rows),
  sum(row['skipped'] == 'true' for row in rows), len({row['name'] for row in rows if row['name']}),
  *(round(time.timestamp() * 1000) for time in (seconds[0], seconds[-1])))`,
  pyarrow: `
import sys, pyarrow as pa, pyarrow.parquet as pq, pyarrow.compute as pc
file = pq.ParquetFile(sys.argv[1] + '/plays.parquet')
table = file.read()
assert table.schema.field('ended_at').type == pa.timestamp('ms', tz='UTC'), table.schema
assert table.schema.field('ms_played').type == pa.int64() and table.schema.field('skipped').type == pa.bool_()
assert file.num_row_groups > 1
ends = table['ended_at'].cast(pa.int64())
print(table.num_rows, pc.sum(table['ms_played']), table['ms_played'].null_count, pc.sum(table['counted']),
  pc.sum(table['skipped']), pc.count_distinct(table['name']), ends[0], ends[-1])`,
  'DuckDB, Parquet': duckdb('plays.parquet'),
  'DuckDB, CSV': duckdb('plays.csv'),
  'DuckDB, JSON lines': duckdb('plays.jsonl'),
};

function duckdb(name: string): string {
  return `
import sys, duckdb
duckdb.sql("SET TimeZone = 'UTC'")
print(*duckdb.sql(f"""SELECT count(*), sum(ms_played), count(*) - count(ms_played), count(*) FILTER (counted), count(*) FILTER (skipped),
  count(DISTINCT name), epoch_ms(min(ended_at)), epoch_ms(max(ended_at)) FROM '{sys.argv[1]}/${name}'""").fetchone())`;
}

let program: TriggerProgram;
let expected: string;

beforeAll(async () => {
  program = await createTriggerProgram();
  const plays = await fillHistory(join(program.folder, 'library.db'), ROWS);
  const known = plays.flatMap(({ ms_played }) => (ms_played === null ? [] : [ms_played]));
  const count = (name: 'counted' | 'skipped'): number =>
    plays.filter((play) => play[name] === true).length;
  const names = new Set(plays.flatMap(({ name }) => name ?? []));
  const ends = [plays[0], plays.at(-1)].map((play) => Date.parse(String(play?.ended_at)));
  const sum = known.reduce((total, ms) => total + ms, 0);
  expected = [
    ...[plays.length, sum, plays.length - known.length, count('counted'), count('skipped')],
    ...[names.size, ...ends],
  ].join(' ');
});
afterAll(() => program.remove());

test.each(['csv', 'jsonl', 'parquet'])(
  `%s of ${ROWS} plays needs less than ${BUDGET_MB} MB`,
  async (format) => {
    const out = join(program.folder, `plays.${format}`);
    const library = join(program.folder, 'library.db');
    const running = program.start(['plays', 'export', '--library', library, '--out', out]);
    const memory = watchMemory(running.child.pid ?? 0);

    expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
    expect((await memory.stop()) ?? 0).toBeLessThan(BUDGET_MB);
  },
);

test.each(Object.entries(READERS))('%s finds the same in it', async (_, script) => {
  const python = resolve('.local/python/bin/python');
  const { stdout } = await promisify(execFile)(python, ['-c', script, program.folder]);

  expect(stdout.trim()).toBe(expected);
});
