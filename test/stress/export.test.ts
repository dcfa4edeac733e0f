/** The four tables as files: real files, and everything that a row may hold. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { createTableReader } from '../../app/app.ts';
import { type RowSource, stageRows } from '../../app/picture.ts';
import { exportRows } from '../../cli/export/export-rows.ts';
import { csvForm } from '../../cli/shared/text-form.ts';
import { generateRows } from '../support/generated-rows.ts';
import { givenRows } from '../support/given-rows.ts';
import { importTables, parseCsv } from '../support/import-results.ts';
import { type ResultTables, startResultTables } from '../support/result-tables.ts';
import { SAMPLE_FOLDER, writeSample } from '../support/sample.ts';
import { NO_ROWS, type Row, TABLES } from '../support/world.ts';

const FORMULA_START = /^[=+\-@\t\r]/;
const FORMATS = ['csv', 'json', 'jsonl'] as const;
const owner = 'test';

let out: string;

beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'spotify-etl-export-'));
});

afterEach(async () => {
  await rm(out, { recursive: true, force: true });
});

async function readOut(folder = out): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const),
    ),
  );
}

/** Names as people and labels give them, with everything that a CSV reader or a spreadsheet stumbles over. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 0 }),
  fc.string({
    unit: fc.constantFrom('"', ',', '\n', '\r', '\t', "'", '=', '+', '-', '@', '\uFEFF', ' ', '\0'),
  }),
  fc.constantFrom('', '=1+1', '-', '+1', '@me', '\tx', '\rx', '\uFEFFx', 'null', '\u2028', '🎵'),
);

const track = fc.record(
  {
    track_id: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 22 }),
    track_name: anyText,
    track_duration: fc.nat(),
    track_explicit: fc.boolean(),
    track_popularity: fc.nat({ max: 100 }),
    track_album: anyText,
    track_artists: fc.array(anyText, { minLength: 1, maxLength: 3 }),
  },
  { requiredKeys: ['track_id'] },
);
const tracks = fc.uniqueArray(track, { selector: ({ track_id }) => track_id, maxLength: 40 });

test.each(FORMATS)(
  'any rows come back out of %s as they went in, ordered by key, and its bytes depend on nothing else',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(tracks, fc.integer({ min: 1, max: 50 }), async (rows, pageSize) => {
        const options = { format, out, owner };
        await exportRows({ source: givenRows({ track: rows }) }, options);
        const once = await readOut();
        const imported = await importTables(out, format);
        const others = [...rows]
          .reverse()
          .map((row) => Object.fromEntries(Object.entries(row).reverse()));
        await exportRows({ source: givenRows({ track: others }, pageSize) }, options);

        const bytes = ({ track_id }: Row): Buffer => Buffer.from(String(track_id));
        expect(imported.track).toEqual(
          [...rows].sort((one, other) => bytes(one).compare(bytes(other))),
        );
        expect(await readOut()).toEqual(once);
      }),
      { numRuns: 40 },
    );
  },
);

test('no cell for a spreadsheet starts as a formula does, and nothing else is changed', () => {
  const form = csvForm(['one', 'other'], { isSafe: true, hasMark: true });
  fc.assert(
    fc.property(anyText, anyText, (one, other) => {
      const [columns, cells = []] = parseCsv(`${form.head}${form.toText([{ one, other }])}`);

      expect(columns).toEqual(['one', 'other']);
      for (const cell of cells) expect(String(cell)).not.toMatch(FORMULA_START);
      expect(cells).toEqual(
        [one, other].map((text) =>
          /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text,
        ),
      );
    }),
  );
});

describe('Tables of DynamoDB', () => {
  let tables: ResultTables;
  beforeEach(async () => {
    tables = await startResultTables('export');
  });
  afterEach(() => tables.close());

  const exportAll = async (from: ResultTables, format: (typeof FORMATS)[number], segments = 4) => {
    const reader = createTableReader({ ...from, segments, readUnitsPerSecond: 40_000 });
    const summary = await exportRows(
      { source: stageRows(reader, from.tableNames) },
      { format, out, owner },
    );
    reader.close();
    return summary;
  };

  test.each(FORMATS)('export, import, export: %s is the same to the byte', async (format) => {
    const rows = await importTables(SAMPLE_FOLDER, 'csv');
    for (const table of TABLES) await tables.put(table, rows[table]);
    await tables.put('artist', [
      { artist_id: 'odd', artist_name: '=cmd|" /C calc"!A0\r\n', artist_url: '' },
    ]);
    await exportAll(tables, format);
    const first = await readOut();

    const again = await startResultTables('export');
    const imported = await importTables(out, format);
    for (const table of TABLES) await again.put(table, imported[table].reverse());
    await exportAll(again, format, 7);
    await again.close();

    expect(Object.keys(first)).toHaveLength(format === 'csv' ? 7 : 4);
    expect(await readOut()).toEqual(first);
  });

  test('attributes of a newer version are reported once, not written', async () => {
    await tables.put('artist', [
      { artist_id: 'a', artist_genres: ['x'] },
      { artist_id: 'b', artist_genres: [], artist_followers: 3 },
    ]);

    const summary = await exportAll(tables, 'csv');

    expect(summary.tables.at(-1)).toMatchObject({
      rows: 2,
      malformed: 2,
      unknownAttributes: ['artist_followers', 'artist_genres'],
    });
    expect((await readOut())['artist_results.csv']).toBe(
      'artist_id,artist_uri,artist_url,artist_name\na,,,\nb,,,\n',
    );
  });
});

describe('when it fails', () => {
  const failing: RowSource = {
    ...givenRows(NO_ROWS),
    // eslint-disable-next-line @typescript-eslint/require-await -- rows in memory, where others are read
    listPages: async function* (table) {
      yield [{ [`${table}_id`]: 'a' }];
      if (table === 'album') throw new Error('the line broke');
    },
  };

  test('every file that was there is as it was, and nothing else is left', async () => {
    await exportRows({ source: givenRows(NO_ROWS) }, { format: 'csv', out, owner });
    const before = await readOut();

    const failed = exportRows({ source: failing }, { format: 'csv', out, owner });

    await expect(failed).rejects.toThrow('the line broke');
    expect(await readOut()).toEqual(before);
  });

  test.each(['jsonl', 'parquet', 'exportify', 'sqlite'] as const)(
    'stopped in the middle of %s, too',
    async (format) => {
      const stop = new AbortController();
      const onProgress = ({ phase, rows }: { phase?: string; rows: number }) => {
        if (phase === 'write' && rows > 0) stop.abort();
      };
      const source = { source: generateRows(2_000), signal: stop.signal, onProgress };

      const stopped = exportRows(source, { format, out, owner });

      await expect(stopped).rejects.toThrow('aborted');
      expect(await readdir(out)).toEqual([]);
    },
  );

  test('what a killed export left is taken away a day later, not before', async () => {
    const [old, recent] = [join(out, '.export-old'), join(out, '.export-recent')];
    for (const folder of [old, recent]) {
      await mkdir(folder);
      await writeFile(join(folder, 'track_results.csv'), 'half');
    }
    const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
    await utimes(old, twoDaysAgo, twoDaysAgo);

    await exportRows({ source: givenRows(NO_ROWS) }, { format: 'csv', out, owner });

    expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
  });
});

test('the sample in results/ is what the pipeline makes today', async () => {
  await writeSample(out);

  expect(await readOut(SAMPLE_FOLDER)).toEqual(await readOut());
});
