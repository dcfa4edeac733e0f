/** All plays of a library, and what they and its lists name, as the dashboard counts them. */
import * as z from 'zod/mini';
import { jsonOf } from './json-pages.ts';
import type { Library } from './library.ts';
import { ALBUM_ARTIST, NOT_LEFT_OUT, SONG } from './play-statistics.ts';

const ROWS_PER_PAGE = 5_000;

/** A flag that says no proves nothing: for years Spotify set none. */
const IS_SKIPPED =
  "reason_end IN ('fwdbtn', 'backbtn') OR skipped = 1 OR (reason_end = 'endplay' AND ms_played < 30000)";

const COLUMNS = ['play_id', 'ended_at', 'item_id', 'ms_played', 'counted', 'is_skipped'] as const;

/** Each column as one text: a server takes three times as long for rows. */
const PLAYS = `SELECT ${COLUMNS.map((name) => `json_group_array(${name}) AS ${name}`).join(', ')} FROM (
    SELECT play_id, ended_at, item_id, ms_played, counted, coalesce(${IS_SKIPPED}, 0) AS is_skipped
    FROM play WHERE ended_at >= :at AND (ended_at > :at OR play_id > :id)
    ORDER BY ended_at, play_id LIMIT ${ROWS_PER_PAGE}
  )`;

const numbers = jsonOf(z.array(z.number()));

const pageSchema = z.object({
  play_id: numbers,
  ended_at: numbers,
  item_id: numbers,
  /** Null where only a poll knows of the play. */
  ms_played: jsonOf(z.array(z.nullable(z.number()))),
  /** 0 or 1. */
  counted: numbers,
  is_skipped: numbers,
});
/** One entry a play in each. */
export type PlayColumns = z.infer<typeof pageSchema>;

/** By the ends, a page at a time. A play that is stored meanwhile is missing or not, and none comes twice. */
export async function* listCountedPlays(library: Library): AsyncGenerator<PlayColumns> {
  let [at, id] = [Number.MIN_SAFE_INTEGER, 0];
  for (;;) {
    const [[row] = []] = await library.run([{ sql: PLAYS, args: { at, id } }]);
    const page = pageSchema.parse(row);
    yield page;
    if (page.play_id.length < ROWS_PER_PAGE) return;
    [at, id] = [page.ended_at.at(-1) ?? 0, page.play_id.at(-1) ?? 0];
  }
}

const kindSchema = z.enum(['track', 'episode', 'chapter', 'local', 'unknown']);
const text = z.nullable(z.string());

const itemSchema = z.object({
  id: z.number(),
  uri: z.string(),
  kind: kindSchema,
  name: text,
  artist: text,
  parent: text,
  /** The album's first artist. */
  parent_artist: text,
  duration_ms: z.nullable(z.number()),
  counted_as: z.number(),
  is_left_out: z.literal([0, 1]),
});
export type CountedItem = z.infer<typeof itemSchema>;

const isUsed = (item: string): string =>
  `(EXISTS (SELECT 1 FROM play WHERE play.item_id = ${item}.item_id) OR EXISTS (SELECT 1 FROM playlist_item WHERE playlist_item.uri = ${item}.uri))`;

const ITEMS = `SELECT
    own.item_id AS id, own.uri, own.kind, own.name, own.main_artist AS artist, own.parent_name AS parent,
    ${ALBUM_ARTIST} AS parent_artist, own.duration_ms, song.item_id AS counted_as, NOT (${NOT_LEFT_OUT}) AS is_left_out
  FROM item AS own JOIN ${SONG}
  WHERE own.item_id > :after AND (
    ${isUsed('own')}
    OR EXISTS (SELECT 1 FROM item AS other WHERE other.same_as = own.item_id AND ${isUsed('other')})
  )
  ORDER BY own.item_id LIMIT ${ROWS_PER_PAGE}`;

/** What was played or is in a list, and what such items are counted under; by ID, a page at a time. */
export async function* listCountedItems(library: Library): AsyncGenerator<CountedItem[]> {
  for (let after = 0; ; ) {
    const [rows = []] = await library.run([{ sql: ITEMS, args: { after } }]);
    const items = z.array(itemSchema).parse(rows);
    yield items;
    const last = items.at(-1);
    if (last === undefined || items.length < ROWS_PER_PAGE) return;
    after = last.id;
  }
}
