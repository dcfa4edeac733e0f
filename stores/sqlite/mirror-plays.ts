/** A library's listening history in another library: the same rows under the same numbers, page by page. */
import * as z from 'zod/mini';
import type { SqlRow, Statement } from './database.ts';
import { toJsonPages } from './json-pages.ts';
import type { Library } from './library.ts';

/** In this order: plays and gaps refer to imports. */
const MIRRORED = [
  ['import', 'import_id'],
  ['play', 'play_id'],
  ['gap', 'gap_id'],
  ['poll', 'poll_id'],
  ['left_out', 'what'],
  ['forgotten', 'rule_id'],
] as const;
type Mirrored = (typeof MIRRORED)[number];

type MirrorOptions = {
  readonly onProgress?: ((progress: { table: string; rows: number }) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

const ROWS_PER_PAGE = 1_000;

/**
 * Makes the listening history of `to` that of `from`, and returns how many plays that are. Equal rows are not written. Tracks
 * must be there already; what else was played comes with its plays.
 *
 * @throws EtlError as `Library.run`
 */
export async function mirrorPlays(
  from: Library,
  to: Library,
  { onProgress, signal }: MirrorOptions = {},
): Promise<number> {
  const songs: SqlRow[] = [];
  let plays = 0;
  for (const mirrored of MIRRORED) {
    const [table] = mirrored;
    const columns = await listColumns(to, table);
    let rows = 0;
    for await (const page of listPages(from, mirrored, columns)) {
      signal?.throwIfAborted();
      const items = toJsonPages(page.items).map((part) => ({
        sql: PUT_ITEMS,
        args: { items: part },
      }));
      await to.run([...items, ...mirrorPage(mirrored, columns, page)]);
      songs.push(...page.items.filter(({ song }) => song !== null));
      rows += page.rows.length;
      onProgress?.({ table, rows });
    }
    if (table === 'play') plays = rows;
  }
  for (const pairs of toJsonPages(songs)) await to.run([{ sql: LINK_SONGS, args: { pairs } }]);
  return plays;
}

async function listColumns(library: Library, table: string): Promise<string[]> {
  const sql = 'SELECT name FROM pragma_table_info(:table)';
  const [rows = []] = await library.run([{ sql, args: { table } }]);
  return rows.map(({ name }) => String(name));
}

type Page = {
  readonly rows: readonly SqlRow[];
  readonly items: readonly SqlRow[];
  /** Keys after this one and up to that one are all of the page. */
  readonly after: string | number;
  readonly last: string | number;
};

const keySchema = z.union([z.string(), z.number()]);

async function* listPages(
  library: Library,
  [table, key]: Mirrored,
  columns: readonly string[],
): AsyncGenerator<Page> {
  const [first, end] = table === 'left_out' ? ['', '\u{10FFFF}'] : [0, Number.MAX_SAFE_INTEGER];
  const names = columns.map((name) => (name === 'item_id' ? ITEM_URI : name)).join(', ');
  const some = `FROM ${table} WHERE ${key} > :after ORDER BY ${key} LIMIT ${ROWS_PER_PAGE}`;
  for (let after = first; after !== end; ) {
    const args = { after };
    const [rows = [], items = []] = await library.run([
      { sql: `SELECT ${names} ${some}`, args },
      ...(table === 'play' ? [{ sql: selectItems(some), args }] : []),
    ]);
    const last = rows.length < ROWS_PER_PAGE ? end : keySchema.parse(rows.at(-1)?.[key]);
    yield { rows, items, after, last };
    after = last;
  }
}

/** Another library has other numbers. */
const ITEM_URI = '(SELECT uri FROM item WHERE item.item_id = play.item_id) AS item_id';
const ITEM_COLUMNS = [
  ...['kind', 'name', 'main_artist', 'parent_name'],
  ...['parent_uri', 'duration_ms', 'named_by'],
];

/** The items of these plays, and those that they are counted under (`song`). */
function selectItems(plays: string): string {
  const names = ITEM_COLUMNS.map((name) => `item.${name}`).join(', ');
  const own = `(SELECT item_id FROM (SELECT item_id ${plays}))`;
  return `SELECT item.uri, ${names}, first.uri AS song
    FROM item LEFT JOIN item AS first ON first.item_id = item.same_as
    WHERE item.item_id IN ${own} OR item.item_id IN (SELECT same_as FROM item WHERE item_id IN ${own})`;
}

/** Names of a track are those of the tables. */
const PUT_ITEMS = `INSERT INTO item (uri, ${ITEM_COLUMNS.join(', ')})
  SELECT value->>'uri', ${ITEM_COLUMNS.map((name) => `value->>'${name}'`).join(', ')}
  FROM json_each(:items) WHERE true
  ON CONFLICT (uri) DO UPDATE SET (${ITEM_COLUMNS.join(', ')}) = (${of('excluded')})
  WHERE item.track_id IS NULL AND excluded.name IS NOT NULL AND (${of('item')}) IS NOT (${of('excluded')})`;

function of(from: string): string {
  return ITEM_COLUMNS.map((name) => `${from}.${name}`).join(', ');
}

/** A new row takes the place of all that stand in its way. */
function mirrorPage(
  [table, key]: Mirrored,
  columns: readonly string[],
  { after, last, rows }: Page,
): Statement[] {
  const page = JSON.stringify(rows);
  const values = columns
    .map((name) =>
      name === 'item_id'
        ? "(SELECT item_id FROM item WHERE uri = value->>'item_id')"
        : `value->>'${name}'`,
    )
    .join(', ');
  const names = columns.join(', ');
  return [
    {
      sql: `DELETE FROM ${table} WHERE ${key} > :after AND ${key} <= :last
        AND ${key} NOT IN (SELECT value->>'${key}' FROM json_each(:page))`,
      args: { after, last, page },
    },
    {
      sql: `INSERT OR REPLACE INTO ${table} (${names}) SELECT ${values} FROM json_each(:page)
        WHERE NOT EXISTS (SELECT 1 FROM ${table} WHERE ${key} = value->>'${key}' AND (${names}) IS (${values}))`,
      args: { page },
    },
  ];
}

/** Recordings of tracks are linked with the tracks. */
const LINK_SONGS = `UPDATE item SET same_as = song
  FROM (
    SELECT own.item_id AS own, coalesce(first.same_as, first.item_id) AS song
    FROM json_each(:pairs)
    JOIN item AS own ON own.uri = value->>'uri'
    JOIN item AS first ON first.uri = value->>'song'
  )
  WHERE item_id = own AND track_id IS NULL AND same_as IS NOT song AND song <> item_id`;
