/** Reads an export back into rows: what a program that takes over the files would do. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InfoField, parse } from 'csv-parse/sync';
import { toItemAttributes } from '../../etl/model/playlist-items.ts';
import type { Table } from '../../etl/model/records.ts';
import { type Row, TABLES, type Tables } from './world.ts';

/** Columns that are no text: everything in them is JSON. */
const JSON_COLUMNS = [
  ...['playlist_public', 'playlist_collaborative', 'playlist_num_items', 'playlist_skipped'],
  ...['track_duration', 'track_explicit', 'track_disc_number', 'track_number', 'track_popularity'],
  'album_num_tracks',
];

const ABSENT = Symbol('absent');

/** A cell with nothing in it is absent, `""` is an empty text. */
export function parseCsv(text: string): (string | typeof ABSENT)[][] {
  return parse(text, {
    bom: true,
    record_delimiter: '\n',
    cast: (value: string, { quoting }: InfoField) => (value === '' && !quoting ? ABSENT : value),
  });
}

async function readCsv(path: string): Promise<Row[]> {
  const [columns = [], ...rows] = parseCsv(await readFile(path, 'utf8'));
  return rows.map((cells) =>
    Object.fromEntries(
      cells.flatMap((cell, index): [string, unknown][] => {
        const column = String(columns[index]);
        if (typeof cell !== 'string') return [];
        return [[column, JSON_COLUMNS.includes(column) ? JSON.parse(cell) : cell]];
      }),
    ),
  );
}

type Format = 'csv' | 'json' | 'jsonl';

/** All tables of a folder. */
export async function importTables(folder: string, format: Format): Promise<Tables> {
  const rows = await Promise.all(
    TABLES.map(async (table) => [table, await importTable(folder, table, format)] as const),
  );
  return Object.fromEntries(rows) as Tables;
}

async function importTable(folder: string, table: Table, format: Format): Promise<Row[]> {
  const path = join(folder, `${table}_results.${format}`);
  if (format === 'csv') return await importCsv(folder, table, await readCsv(path));
  const text = await readFile(path, 'utf8');
  if (format === 'json') return JSON.parse(text) as Row[];
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Row);
}

/** With what stands in files of its own. */
async function importCsv(folder: string, table: Table, rows: readonly Row[]): Promise<Row[]> {
  if (table === 'artist') return [...rows];
  const file = table === 'playlist' ? 'playlist_items' : `${table}_artists`;
  const many = Map.groupBy(await readCsv(join(folder, `${file}.csv`)), (row) => row[`${table}_id`]);
  return rows.map((row) => {
    const members = many.get(row[`${table}_id`]) ?? [];
    expect(members.map(({ position }) => Number(position))).toEqual([...members.keys()]);
    if (table === 'playlist') return { ...row, ...toItemAttributes(members.map(toItem)) };
    return members.length === 0
      ? row
      : { ...row, [`${table}_artists`]: members.map(({ artist_id }) => artist_id) };
  });
}

function toItem(row: Row): Parameters<typeof toItemAttributes>[0][number] {
  const { added_at, added_by, kind, name, uri } = row as Record<string, string | undefined>;
  const added = {
    addedAt: added_at === undefined ? undefined : Date.parse(added_at) / 1000,
    addedBy: added_by,
  };
  if (kind === 'track') return { kind, track: { id: String(uri).split(':')[2] ?? '' }, ...added };
  if (kind !== 'episode' && kind !== 'local') return { kind: 'unavailable', uri, name, ...added };
  return { kind, uri, name, ...added };
}
