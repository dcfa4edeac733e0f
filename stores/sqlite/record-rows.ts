/** How records are stored: an attribute is a column of the same name, a list of artists is rows of a table of its own. */
import { ITEM_ATTRIBUTES } from '../../etl/model/playlist-items.ts';
import { type CatalogueTable, TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import { RECORD_SCHEMAS } from '../../etl/model/row-faults.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { SqlRow, Statement } from './database.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** Kept as 0 or 1. */
const FLAGS = ['track_explicit', 'playlist_public', 'playlist_collaborative'];
/** Kept as JSON, or read as such. */
const JSON_ATTRIBUTES = ['playlist_skipped', 'playlist_tracks', 'track_artists', 'album_artists'];
const NOT_COLUMNS: readonly string[] = [...ITEM_ATTRIBUTES, 'track_artists', 'album_artists'];

export function columnsOf(table: Table): string[] {
  return Object.keys(RECORD_SCHEMAS[table].shape).filter((name) => !NOT_COLUMNS.includes(name));
}

/** What is stored, as the attributes of a record. */
export function toAttributes(row: SqlRow): Attributes {
  const attributes = Object.entries(row).map(([name, value]) => {
    if (FLAGS.includes(name)) return [name, value === 1] as const;
    return [name, JSON_ATTRIBUTES.includes(name) ? parseJson(String(value)) : value] as const;
  });
  return Object.fromEntries(attributes.filter(([name]) => row[name] !== null));
}

/** Where these keys, a JSON array, have rows. Artists that Spotify did not list are an empty list here. */
export function selectRows(table: CatalogueTable, keys: string): Statement {
  const key = TABLE_KEYS[table];
  const artists =
    table === 'artist'
      ? []
      : [
          `(SELECT json_group_array(artist_id) FROM (SELECT artist_id FROM ${table}_artist WHERE ${table}_artist.${key} = ${table}.${key} ORDER BY position)) AS ${table}_artists`,
        ];
  const columns = [...columnsOf(table), ...artists].join(', ');
  const sql = `SELECT ${columns} FROM ${table} WHERE ${key} IN (SELECT value FROM json_each(:keys))`;
  return { sql, args: { keys } };
}

/** Stores these rows, a JSON array of attributes. What a row lacks stays as it is stored. */
export function upsertRows(table: CatalogueTable, rows: string): Statement[] {
  const key = TABLE_KEYS[table];
  const columns = columnsOf(table);
  const values = columns.map((name) => `value->>'${name}'`);
  const sets = columns.map((name) => `${name} = coalesce(excluded.${name}, ${name})`);
  return [
    `INSERT INTO ${table} (${columns.join(', ')}) SELECT ${values.join(', ')} FROM json_each(:rows) WHERE true ON CONFLICT (${key}) DO UPDATE SET ${sets.join(', ')}`,
    ...(table === 'artist' ? [] : replaceArtists(table)),
    ...(table === 'track' ? [INSERT_ITEMS] : []),
  ].map((sql) => ({ sql, args: { rows } }));
}

function replaceArtists(table: 'album' | 'track'): string[] {
  const [list, key] = [`${table}_artists`, TABLE_KEYS[table]];
  return [
    `DELETE FROM ${table}_artist WHERE ${key} IN (SELECT value->>'${key}' FROM json_each(:rows) WHERE value->>'${list}' IS NOT NULL)`,
    `INSERT INTO ${table}_artist (${key}, position, artist_id) SELECT one.value->>'${key}', artist.key, artist.value FROM json_each(:rows) AS one, json_each(one.value, '$.${list}') AS artist`,
  ];
}

/** What lists refer to; one can have been there before its track was. */
const INSERT_ITEMS = `INSERT INTO item (uri, kind, track_id) SELECT 'spotify:track:' || (value->>'track_id'), 'track', value->>'track_id' FROM json_each(:rows) WHERE true ON CONFLICT (uri) DO UPDATE SET kind = 'track', track_id = excluded.track_id WHERE item.track_id IS NULL`;
