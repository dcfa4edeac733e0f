/** The four tables as files: real engine, real files, and everything that a row may hold. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { TableReader } from '../../app/app.ts';
import { COLUMNS } from '../../cli/export/columns.ts';
import { exportFrom, exportTables, type FileOptions } from '../../cli/export/export-tables.ts';
import { createRowWriter, FORMATS, type Format } from '../../cli/export/formats.ts';
import type { Table } from '../../etl/model/records.ts';
import { createGeneratedReader } from '../support/generated-rows.ts';
import { importRows, parseCsv } from '../support/import-results.ts';
import { type ResultTables, startResultTables } from '../support/result-tables.ts';
import { SAMPLE_FOLDER, writeSample } from '../support/sample.ts';
import { type Row, TABLES } from '../support/world.ts';

const STAGE = 'export';
const FORMULA_START = /^[=+\-@\t\r]/;

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

describe('Rows and files', () => {
  const track = fc.record(
    {
      track_id: fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 22 }),
      track_name: anyText,
      track_duration: fc.nat(),
      track_explicit: fc.boolean(),
      track_popularity: fc.nat({ max: 100 }),
      track_album: anyText,
      track_artists: fc.array(anyText, { maxLength: 3 }),
    },
    { requiredKeys: ['track_id'] },
  );
  const tracks = fc.uniqueArray(track, { selector: ({ track_id }) => track_id, maxLength: 40 });
  const tableNames = { playlist: 'p', track: 't', album: 'l', artist: 'a' };

  const readerOf = (pages: readonly (readonly Row[])[]): Omit<TableReader, 'close'> => ({
    countRowsAbout: () => Promise.resolve(undefined),
    readUnits: () => 0,
    // eslint-disable-next-line @typescript-eslint/require-await -- rows in memory, where others are read
    listPages: async function* () {
      yield* pages;
    },
  });

  test.each(FORMATS)(
    'any rows come back out of %s as they went in, ordered by key',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(tracks, fc.integer({ min: 64, max: 2_000 }), async (rows, runBytes) => {
          const options = { tableNames, tables: ['track'] as const, out, format, runBytes };
          await exportFrom(readerOf([rows]), options);

          const imported = await importRows(join(out, `track_results.${format}`), 'track', format);

          const bytes = ({ track_id }: Row): Buffer => Buffer.from(String(track_id));
          expect(imported).toEqual(
            [...rows].sort((one, other) => bytes(one).compare(bytes(other))),
          );
        }),
        { numRuns: 60 },
      );
    },
  );

  test.each(FORMATS)('the bytes of %s depend on nothing but the rows', async (format) => {
    await fc.assert(
      fc.asyncProperty(tracks, fc.integer({ min: 64, max: 4_000 }), async (rows, runBytes) => {
        const files = { tableNames, tables: ['track'] as const, out, format };
        await exportFrom(readerOf([rows]), files);
        const once = await readOut();
        const pages = [...rows]
          .reverse()
          .map((row) => [Object.fromEntries(Object.entries(row).reverse())]);
        await exportFrom(readerOf(pages), { ...files, runBytes });

        expect(await readOut()).toEqual(once);
      }),
      { numRuns: 40 },
    );
  });

  test('no cell for a spreadsheet starts as a formula does, and nothing else is changed', () => {
    const { head, toText } = createRowWriter('csv', COLUMNS.artist, { spreadsheet: true });
    fc.assert(
      fc.property(anyText, anyText, (artist_id, artist_name) => {
        const [columns, cells = []] = parseCsv(head + toText({ artist_id, artist_name }));

        expect(columns).toEqual(COLUMNS.artist);
        for (const cell of cells) expect(String(cell)).not.toMatch(FORMULA_START);
        expect([cells[0], cells[3]]).toEqual(
          [artist_id, artist_name].map((text) =>
            /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text,
          ),
        );
      }),
    );
  });

  test('a text with a bare carriage return is quoted, since some readers end a row there', () => {
    const { toText } = createRowWriter('csv', COLUMNS.artist, { spreadsheet: false });

    expect(toText({ artist_id: 'a', artist_name: 'x\ry' })).toBe('a,,,"x\ry"\n');
  });

  test('an empty text and an absent one are told apart', () => {
    const { toText } = createRowWriter('csv', COLUMNS.artist, { spreadsheet: false });

    expect(toText({ artist_id: 'a', artist_name: '' })).toBe('a,,,""\n');
    expect(toText({ artist_id: 'a' })).toBe('a,,,\n');
  });

  test('maps have their keys in order, sets and large numbers are kept', () => {
    const { toText } = createRowWriter('jsonl', ['a'], { spreadsheet: false });

    expect(toText({ a: { z: 1, b: new Set(['y', 'x']), n: 9007199254740993n } })).toBe(
      '{"a":{"b":["x","y"],"n":"9007199254740993","z":1}}\n',
    );
  });

  test.each(FORMATS)('a table without rows is a whole %s file', async (format) => {
    await exportFrom(readerOf([]), { tableNames, tables: ['artist'], out, format });

    expect(await importRows(join(out, `artist_results.${format}`), 'artist', format)).toEqual([]);
  });

  test('a row larger than a run and its buffers is one row', async () => {
    const playlist_tracks = Array.from({ length: 11_000 }, (_, index) => `track ${index}`);
    const rows = ['b', 'a'].map((playlist_id) => ({ playlist_id, playlist_tracks }));

    await exportFrom(readerOf([rows]), { tableNames, tables: ['playlist'], out, runBytes: 100 });

    const imported = await importRows(join(out, 'playlist_results.csv'), 'playlist', 'csv');
    expect(imported).toEqual([...rows].reverse());
  });

  test('20,000 rows through more runs than are merged at once', async () => {
    const rows = 20_000;
    const options = { tableNames, tables: ['track'] as const, runBytes: 64 * 1024 };
    const other = join(out, 'other');
    await mkdir(other);

    const summary = await exportFrom(createGeneratedReader(rows), { ...options, out });
    // 7,919 is a prime: every number comes once.
    const shuffled = createGeneratedReader(rows, (position) => (position * 7_919) % rows);
    await exportFrom(shuffled, { ...options, out: other });

    const imported = await importRows(join(out, 'track_results.csv'), 'track', 'csv');
    const ids = imported.map(({ track_id }) => String(track_id));
    expect(summary.tables).toMatchObject([{ rows }]);
    expect(new Set(ids).size).toBe(rows);
    expect(ids).toEqual([...ids].sort());
    expect((await readOut(other))['track_results.csv']).toBe(
      await readFile(join(out, 'track_results.csv'), 'utf8'),
    );
  });

  describe('when it fails', () => {
    const failing: Omit<TableReader, 'close'> = {
      ...createGeneratedReader(0),
      // eslint-disable-next-line @typescript-eslint/require-await -- rows in memory, where others are read
      listPages: async function* (tableName) {
        yield [{ artist_id: 'a', track_id: 't', playlist_id: 'p', album_id: 'l' }];
        if (tableName === 'l') throw new Error('the line broke');
      },
    };

    test('every file that was there is as it was, and nothing else is left', async () => {
      await exportFrom(readerOf([]), { tableNames, out });
      const before = await readOut();

      const failed = exportFrom(failing, { tableNames, out, runBytes: 10 });

      await expect(failed).rejects.toThrow('the line broke');
      expect(await readOut()).toEqual(before);
    });

    test('stopped in the middle, too', async () => {
      const stop = new AbortController();
      const options: FileOptions = {
        tableNames,
        out,
        runBytes: 10_000,
        signal: stop.signal,
        onProgress: ({ phase, rows }) => {
          if (phase === 'write' && rows > 0) stop.abort();
        },
      };

      const stopped = exportFrom(createGeneratedReader(2_000), options);

      await expect(stopped).rejects.toThrow('aborted');
      expect(await readdir(out)).toEqual([]);
    });

    test('what a killed export left is taken away a day later, not before', async () => {
      const [old, recent] = [join(out, '.export-old'), join(out, '.export-recent')];
      for (const folder of [old, recent]) {
        await mkdir(folder);
        await writeFile(join(folder, 'track_results.csv'), 'half');
      }
      const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 60 * 60;
      await utimes(old, twoDaysAgo, twoDaysAgo);

      await exportFrom(readerOf([]), { tableNames, tables: ['artist'], out });

      expect([existsSync(old), existsSync(recent)]).toEqual([false, true]);
    });
  });
});

describe('Tables and files', () => {
  let tables: ResultTables;

  beforeEach(async () => {
    tables = await startResultTables(STAGE);
  });

  afterEach(async () => {
    await tables.close();
  });

  const exportAll = (folder: string, format: Format, segments = 4): Promise<unknown> =>
    exportTables({ ...tables, out: folder, format, segments });

  test.each(FORMATS)('export, import, export: %s is the same to the byte', async (format) => {
    const spotify = await mkdtemp(join(tmpdir(), 'spotify-etl-sample-'));
    await writeSample(spotify);
    for (const table of TABLES) {
      await tables.put(
        table,
        await importRows(join(spotify, `${table}_results.csv`), table, 'csv'),
      );
    }
    await rm(spotify, { recursive: true });
    await tables.put('artist', [
      { artist_id: 'odd', artist_name: '=cmd|" /C calc"!A0\r\n', artist_url: '' },
    ]);
    await exportAll(out, format);
    const first = await readOut();

    const again = await startResultTables(STAGE);
    for (const table of TABLES) {
      const rows = await importRows(join(out, `${table}_results.${format}`), table, format);
      await again.put(table, rows.reverse());
    }
    await exportTables({ ...again, out, format, segments: 7 });
    await again.close();

    expect(Object.keys(first)).toEqual(
      ['album', 'artist', 'playlist', 'track'].map((table) => `${table}_results.${format}`),
    );
    expect(await readOut()).toEqual(first);
  });

  test('pages of every segment are read to their end, whatever their number', async () => {
    const rows = Array.from({ length: 2_300 }, (_, index) => ({ artist_id: `artist ${index}` }));
    await tables.put('artist', rows);
    const exported: unknown[] = [];
    for (const segments of [1, 4, 16]) {
      await exportAll(out, 'jsonl', segments);
      exported.push((await readOut())['artist_results.jsonl']);
    }

    expect(String(exported[0]).split('\n')).toHaveLength(rows.length + 1);
    expect(new Set(exported).size).toBe(1);
  });

  test('only the tables asked for are read and written', async () => {
    const summary = await exportTables({ ...tables, tables: ['artist', 'playlist'], out });

    expect(summary.tables.map(({ table }) => table)).toEqual([
      'playlist',
      'artist',
    ] satisfies Table[]);
    expect(await readdir(out)).toEqual(['artist_results.csv', 'playlist_results.csv']);
  });

  test('attributes of a newer version are reported once, not written', async () => {
    await tables.put('artist', [
      { artist_id: 'a', artist_genres: ['x'] },
      { artist_id: 'b', artist_genres: [], artist_followers: 3 },
    ]);

    const summary = await exportTables({ ...tables, tables: ['artist'], out });

    expect(summary.tables).toMatchObject([
      { rows: 2, unknownAttributes: ['artist_followers', 'artist_genres'] },
    ]);
    expect((await readOut())['artist_results.csv']).toBe(`${COLUMNS.artist.join()}\na,,,\nb,,,\n`);
  });
});

test('the sample in results/ is what the pipeline makes today', async () => {
  await writeSample(out);

  expect(await readOut(SAMPLE_FOLDER)).toEqual(await readOut());
});
