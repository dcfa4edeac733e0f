/** A library's rows in the form of the four tables. */
import * as z from 'zod/mini';
import { toItemAttributes } from '../../etl/model/playlist-items.ts';
import { TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { SqlRow, Statement } from './database.ts';
import type { Library } from './library.ts';
import { columnsOf, selectRows, toAttributes } from './record-rows.ts';

type Attributes = Readonly<Record<string, unknown>>;

/** A list can have 11,000 items. */
const ROWS_PER_PAGE: Readonly<Record<Table, number>> = {
  playlist: 5,
  track: 500,
  album: 500,
  artist: 500,
};

/**
 * Every row of a table once, ordered by key.
 *
 * @throws EtlError as `Library.run`
 */
export async function* listLibraryRows(
  library: Library,
  table: Table,
): AsyncGenerator<readonly Attributes[]> {
  const key = TABLE_KEYS[table];
  const keys = `SELECT ${key} AS key FROM ${table} WHERE ${key} > :after ORDER BY ${key} LIMIT ${ROWS_PER_PAGE[table]}`;
  for (let after = ''; ; ) {
    const [found = []] = await library.run([{ sql: keys, args: { after } }]);
    const page = found.map((row) => String(row.key));
    const [last] = page.slice(-1);
    if (last === undefined) return;
    after = last;
    const [rows = []] = await library.run([select(table, JSON.stringify(page))]);
    yield rows.map(table === 'playlist' ? toPlaylist : toAttributes);
  }
}

function select(table: Table, keys: string): Statement {
  if (table !== 'playlist') return selectRows(table, keys);
  const sql = `SELECT ${columnsOf('playlist').join(', ')}, (${ITEMS}) AS items FROM playlist WHERE playlist_id IN (SELECT value FROM json_each(:keys))`;
  return { sql, args: { keys } };
}

const ITEMS = `SELECT json_group_array(json_array(kind, uri, name, unixepoch(added_at), added_by))
  FROM (
    SELECT kind, playlist_item.uri, name, added_at, added_by
    FROM playlist_item LEFT JOIN item USING (uri)
    WHERE playlist_item.playlist_id = playlist.playlist_id
    ORDER BY position
  )`;

const text = z.nullable(z.string());
const itemsSchema = z.array(z.tuple([text, text, text, z.nullable(z.number()), text]));

function toPlaylist({ items, ...row }: SqlRow): Attributes {
  const listed = itemsSchema.parse(parseJson(String(items)));
  return { ...toAttributes(row), ...toItemAttributes(listed.map(toItem)) };
}

function toItem([kind, uri, name, addedAt, addedBy]: z.infer<
  typeof itemsSchema
>[number]): Parameters<typeof toItemAttributes>[0][number] {
  const added = { addedAt: addedAt ?? undefined, addedBy: addedBy ?? undefined };
  const [, id] = /^spotify:track:(.+)$/.exec(uri ?? '') ?? [];
  if (id !== undefined && (kind ?? 'track') === 'track')
    return { kind: 'track', track: { id }, ...added };
  const isKnown = kind === 'episode' || kind === 'local';
  return { kind: isKnown ? kind : 'unavailable', uri, name, ...added };
}
