/** Reads an export back into rows: what a program that takes over the files would do. */
import { readFile } from 'node:fs/promises';
import { type InfoField, parse } from 'csv-parse/sync';
import type { Format } from '../../cli/export/formats.ts';
import type { Table } from '../../etl/model/records.ts';
import type { Row } from './world.ts';

/** Columns that are no text: everything in them is JSON. */
const JSON_COLUMNS: Record<Table, readonly string[]> = {
  playlist: [
    'playlist_public',
    'playlist_collaborative',
    'playlist_num_items',
    'playlist_tracks',
    'playlist_others',
    'playlist_added_at',
    'playlist_added_by',
    'playlist_contributors',
    'playlist_skipped',
  ],
  track: [
    'track_duration',
    'track_explicit',
    'track_disc_number',
    'track_number',
    'track_popularity',
    'track_artists',
  ],
  album: ['album_num_tracks', 'album_artists'],
  artist: [],
};

const ABSENT = Symbol('absent');

/** A cell with nothing in it is absent, `""` is an empty text. */
export function parseCsv(text: string): (string | typeof ABSENT)[][] {
  return parse(text, {
    bom: true,
    record_delimiter: '\n',
    cast: (value: string, { quoting }: InfoField) => (value === '' && !quoting ? ABSENT : value),
  });
}

export async function importRows(path: string, table: Table, format: Format): Promise<Row[]> {
  const text = await readFile(path, 'utf8');
  if (format === 'json') return JSON.parse(text) as Row[];
  if (format === 'jsonl') {
    const lines = text.split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Row);
  }
  const [columns = [], ...rows] = parseCsv(text);
  return rows.map((cells) =>
    Object.fromEntries(
      cells.flatMap((cell, index): [string, unknown][] => {
        const column = String(columns[index]);
        if (typeof cell !== 'string') return [];
        return [[column, JSON_COLUMNS[table].includes(column) ? JSON.parse(cell) : cell]];
      }),
    ),
  );
}
