/** A file for each table, and for what is many in CSV. */
import { COLUMNS, type Picture, parseRow } from '../../app/picture.ts';
import { ITEM_ATTRIBUTES } from '../../etl/model/playlist-items.ts';
import { TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import { type CsvOptions, csvForm, JSON_FORM, JSONL_FORM } from '../shared/text-form.ts';
import { type ExportFile, listRows, textFile } from './files.ts';
import { listPlaylists, readItems } from './items.ts';

export function jsonFiles(
  picture: Picture,
  tables: readonly Table[],
  format: 'json' | 'jsonl',
): ExportFile[] {
  const form = format === 'json' ? JSON_FORM : JSONL_FORM;
  return tables.map((table) =>
    textFile(`${table}_results.${format}`, listRows(picture, table), form),
  );
}

/** In CSV they have files of their own. */
const LISTS: Readonly<Record<Table, readonly string[]>> = {
  playlist: ITEM_ATTRIBUTES,
  track: ['track_artists'],
  album: ['album_artists'],
  artist: [],
};

export function csvFiles(
  picture: Picture,
  tables: readonly Table[],
  options: CsvOptions,
): ExportFile[] {
  return tables.flatMap((table) => {
    const columns = COLUMNS[table].filter((column) => !LISTS[table].includes(column));
    const name = `${table}_results.csv`;
    const form = csvForm(columns, options);
    return [textFile(name, listParsed(picture, table), form), ...manyFile(picture, table, options)];
  });
}

function* listParsed(picture: Picture, table: Table): Generator<object> {
  for (const row of listRows(picture, table)) yield parseRow(row);
}

const ITEM_COLUMNS = ['playlist_id', 'position', 'kind', 'uri', 'name', 'added_at', 'added_by'];

function manyFile(picture: Picture, table: Table, options: CsvOptions): ExportFile[] {
  if (table === 'artist') return [];
  if (table === 'playlist') {
    const form = csvForm(ITEM_COLUMNS, options);
    return [textFile('playlist_items.csv', listAllItems(picture), form)];
  }
  const columns = [TABLE_KEYS[table], 'position', 'artist_id'];
  const sql = `SELECT stored.id AS ${TABLE_KEYS[table]}, key AS position, value AS artist_id
    FROM stored, json_each(row, '$.${table}_artists')
    WHERE kind = '${table}' AND key IS NOT NULL ORDER BY stored.id, key`;
  return [textFile(`${table}_artists.csv`, picture.list(sql), csvForm(columns, options))];
}

function* listAllItems(picture: Picture): Generator<object> {
  for (const { id } of listPlaylists(picture)) {
    for (const item of readItems(picture, id)) yield { playlist_id: id, ...item };
  }
}
