/** All plays of a library, and what they and its lists name, as the dashboard counts them. */
import * as z from 'zod/mini';
import { parseJson } from '../../lib/parse-json.ts';
import type { Library } from './library.ts';
import { ALBUM_ARTIST, NOT_LEFT_OUT, SONG } from './play-statistics.ts';

export type CountedPlay = {
  readonly endedAtMs: number;
  readonly itemId: number;
  /** Null where only a poll knows of it. */
  readonly msPlayed: number | null;
  readonly isCounted: boolean;
  readonly isSkipped: boolean;
};

const ROWS_PER_PAGE = 10_000;

/** A flag that says no proves nothing: for years Spotify set none. */
const IS_SKIPPED =
  "reason_end IN ('fwdbtn', 'backbtn') OR skipped = 1 OR (reason_end = 'endplay' AND ms_played < 30000)";

/** As one text: a server takes ten times as long for so many rows. */
const PLAYS = `SELECT json_group_array(json_array(ended_at, item_id, ms_played, counted, is_skipped, play_id)) AS page FROM (
    SELECT ended_at, item_id, ms_played, counted, coalesce(${IS_SKIPPED}, 0) AS is_skipped, play_id
    FROM play WHERE ended_at >= :at AND (ended_at > :at OR play_id > :id)
    ORDER BY ended_at, play_id LIMIT ${ROWS_PER_PAGE}
  )`;

const flag = z.literal([0, 1]);
const pageSchema = z.array(
  z.tuple([z.number(), z.number(), z.nullable(z.number()), flag, flag, z.number()]),
);

/** By the ends, a page at a time. A play that is stored meanwhile is missing or not, and none comes twice. */
export async function* listCountedPlays(library: Library): AsyncGenerator<CountedPlay[]> {
  let [at, id] = [Number.MIN_SAFE_INTEGER, 0];
  for (;;) {
    const [[row] = []] = await library.run([{ sql: PLAYS, args: { at, id } }]);
    const plays = pageSchema.parse(parseJson(String(row?.page)));
    yield plays.map(([endedAtMs, itemId, msPlayed, counted, skipped]) => ({
      endedAtMs,
      itemId,
      msPlayed,
      isCounted: counted === 1,
      isSkipped: skipped === 1,
    }));
    const last = plays.at(-1);
    if (last === undefined || plays.length < ROWS_PER_PAGE) return;
    [at, id] = [last[0], last[5]];
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
  is_left_out: flag,
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
