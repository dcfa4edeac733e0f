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

/** Stores these rows, a JSON array of attributes. What a row lacks stays as it is stored, and an equal row is not written. */
export function upsertRows(table: CatalogueTable, rows: string): Statement[] {
  const key = TABLE_KEYS[table];
  const columns = columnsOf(table);
  const values = columns.map((name) => `value->>'${name}'`);
  const merged = columns.map(
    (name) => MERGED[name] ?? `coalesce(excluded.${name}, ${table}.${name})`,
  );
  const stored = columns.map((name) => `${table}.${name}`);
  return [
    `INSERT INTO ${table} (${columns.join(', ')})
      SELECT ${values.join(', ')} FROM json_each(:rows) WHERE true
      ON CONFLICT (${key}) DO UPDATE SET (${columns.join(', ')}) = (${merged.join(', ')})
      WHERE (${stored.join(', ')}) IS NOT (${merged.join(', ')})`,
    ...(table === 'artist' ? [] : replaceArtists(table)),
    upsertItems(table),
    ...(table === 'track' ? [LINK_RECORDINGS] : []),
  ].map((sql) => ({ sql, args: { rows } }));
}

/** How what is given joins with what is stored, where that is not "what is given, if it is". */
const MERGED: Readonly<Record<string, string>> = {
  // Of all tracks: where their number changes, it goes until they are read again.
  album_duration:
    'CASE WHEN excluded.album_num_tracks <> album.album_num_tracks THEN excluded.album_duration ELSE coalesce(excluded.album_duration, album.album_duration) END',
};

function replaceArtists(table: 'album' | 'track'): string[] {
  const [list, key] = [`${table}_artists`, TABLE_KEYS[table]];
  const stored = `(SELECT json_group_array(artist_id) FROM (SELECT artist_id FROM ${table}_artist WHERE ${key} = value->>'${key}' ORDER BY position))`;
  return [
    `DELETE FROM ${table}_artist WHERE ${key} IN (SELECT value->>'${key}' FROM json_each(:rows) WHERE value->'${list}' <> ${stored})`,
    `INSERT INTO ${table}_artist (${key}, position, artist_id) SELECT one.value->>'${key}', artist.key, artist.value FROM json_each(:rows) AS one, json_each(one.value, '$.${list}') AS artist WHERE true ON CONFLICT DO NOTHING`,
  ];
}

const ITEM_COLUMNS =
  'kind, track_id, name, main_artist, parent_name, parent_uri, duration_ms, named_by';

/** The tracks that show a row of this table. */
const TRACKS_WITH = {
  artist: 'SELECT track_id FROM track_artist WHERE position = 0 AND artist_id IN',
  album: 'SELECT track_id FROM track WHERE track_album IN',
  track: 'SELECT track_id FROM track WHERE track_id IN',
} as const satisfies Record<CatalogueTable, string>;

/** What lists and plays refer to; one can have been there before its track was. */
function upsertItems(table: CatalogueTable): string {
  const rows = `SELECT value->>'${TABLE_KEYS[table]}' FROM json_each(:rows)`;
  const names = ITEM_COLUMNS.split(', ');
  const [stored, given] = ['item', 'excluded'].map((from) =>
    names.map((name) => `${from}.${name}`).join(', '),
  );
  return `INSERT INTO item (uri, ${ITEM_COLUMNS})
    SELECT 'spotify:track:' || track.track_id, 'track', track.track_id, track_name, artist_name, album_name, album_uri, track_duration, 'api'
    FROM track
    LEFT JOIN album ON album_id = track_album
    LEFT JOIN track_artist ON track_artist.track_id = track.track_id AND position = 0
    LEFT JOIN artist USING (artist_id)
    WHERE track.track_id IN (${TRACKS_WITH[table]} (${rows}))
    ON CONFLICT (uri) DO UPDATE SET (${ITEM_COLUMNS}) = (${given})
    WHERE (${stored}) IS NOT (${given})`;
}

/** One recording under several URIs is counted under the item that was there first. */
const LINK_RECORDINGS = `UPDATE item SET same_as = nullif(first, item_id)
  FROM (
    SELECT track_isrc, min(item_id) AS first
    FROM track JOIN item ON item.uri = 'spotify:track:' || track.track_id
    WHERE track_isrc IN (
      SELECT track_isrc FROM track
      WHERE track_isrc <> '' AND track_id IN (SELECT value->>'track_id' FROM json_each(:rows))
    )
    GROUP BY track_isrc
  ) AS recording JOIN track USING (track_isrc)
  WHERE item.uri = 'spotify:track:' || track.track_id AND same_as IS NOT nullif(first, item_id)`;
