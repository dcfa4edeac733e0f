/** Takes plays out of a library for good. */
import * as z from 'zod/mini';
import { shortHash } from '../../lib/short-hash.ts';
import type { SqlRow, Statement } from './database.ts';
import type { Library } from './library.ts';
import { type Candidates, pruneRows } from './prune-rows.ts';

/** Which plays: those that ended before a time, in milliseconds since the epoch, or those of an artist. */
export type Forgetting =
  | { readonly beforeMs: number }
  | { readonly artist: string; readonly artistHash: string };

/** Wire names. */
export type ForgetPlan = {
  readonly plays: number;
  readonly songs: number;
  /** ISO 8601; null without plays. */
  readonly first: string | null;
  readonly last: string | null;
  /** Songs among them that stand in lists, which keep them. */
  readonly in_lists: number;
};

const toIso = (ms: string): string => `strftime('%Y-%m-%dT%H:%M:%fZ', ${ms} / 1000.0, 'unixepoch')`;

/** Names differ in case, and SQLite knows that of ASCII only. */
async function toCondition(library: Library, forgetting: Forgetting): Promise<Statement> {
  if ('beforeMs' in forgetting) {
    return { sql: 'play.ended_at < :before', args: { before: forgetting.beforeMs } };
  }
  const wanted = forgetting.artist.toLowerCase();
  const sql = 'SELECT DISTINCT main_artist FROM item WHERE main_artist IS NOT NULL';
  const [rows = []] = await library.run([{ sql }]);
  const names = rows.map(({ main_artist }) => String(main_artist));
  const found = names.filter((name) => name.toLowerCase() === wanted);
  return {
    sql: 'play.item_id IN (SELECT item_id FROM item WHERE main_artist IN (SELECT value FROM json_each(:names)))',
    args: { names: JSON.stringify(found) },
  };
}

/** What `forgetPlays` would do. */
export async function planForgetting(
  library: Library,
  forgetting: Forgetting,
): Promise<ForgetPlan> {
  const { args = {}, sql } = await toCondition(library, forgetting);
  const inLists = 'EXISTS (SELECT 1 FROM playlist_item WHERE playlist_item.uri = item.uri)';
  const [[row] = []] = await library.run([
    {
      sql: `SELECT count(*) AS plays, count(DISTINCT item_id) AS songs, ${toIso('min(ended_at)')} AS first, ${toIso('max(ended_at)')} AS last, count(DISTINCT item_id) FILTER (WHERE ${inLists}) AS in_lists FROM play JOIN item USING (item_id) WHERE ${sql}`,
      args,
    },
  ]);
  return planSchema.parse(row);
}

const planSchema = z.object({
  plays: z.number(),
  songs: z.number(),
  first: z.nullable(z.string()),
  last: z.nullable(z.string()),
  in_lists: z.number(),
});

/**
 * Takes these plays out, with what only they refer to, and leaves a rule by which polls and imports keep them out. All of it is
 * one transaction.
 */
export async function forgetPlays(
  library: Library,
  forgetting: Forgetting,
  nowMs: number,
): Promise<void> {
  const condition = await toCondition(library, forgetting);
  const { candidates, uris } = await findCandidates(library, condition);
  const rules =
    'beforeMs' in forgetting
      ? [{ before: forgetting.beforeMs }]
      : [{ artist: forgetting.artistHash }, ...uris.map((uri) => ({ uri: shortHash(uri) }))];
  await library.run([
    { sql: INSERT_RULES, args: { rules: JSON.stringify(rules), now: nowMs } },
    { sql: `DELETE FROM play WHERE ${condition.sql}`, args: condition.args ?? {} },
    ...('beforeMs' in forgetting
      ? [{ sql: 'DELETE FROM gap WHERE before <= :before', args: { before: forgetting.beforeMs } }]
      : [
          {
            sql: 'DELETE FROM left_out WHERE name IN (SELECT value FROM json_each(:names))',
            args: condition.args ?? {},
          },
        ]),
    ...pruneRows(candidates, { looksIntoVersions: false }),
  ]);
}

const INSERT_RULES =
  "INSERT INTO forgotten (before, artist_hash, uri_hash, made_at) SELECT value->>'before', value->>'artist', value->>'uri', :now FROM json_each(:rules)";

const listSchema = z.array(z.string());

/** The songs of these plays, and what may go with them: nothing that an older version of a list has. */
async function findCandidates(
  library: Library,
  { args = {}, sql }: Statement,
): Promise<{ readonly uris: string[]; readonly candidates: Candidates }> {
  const items = `FROM item WHERE item_id IN (SELECT item_id FROM play WHERE ${sql})`;
  const tracks = `SELECT track_id ${items} AND track_id IS NOT NULL`;
  const albums = `SELECT track_album FROM track WHERE track_id IN (${tracks})`;
  const results = await library.run([
    { sql: `SELECT uri AS value ${items}`, args },
    { sql: `SELECT track_id AS value ${items} AND track_id IS NOT NULL`, args },
    {
      sql: `SELECT DISTINCT track_album AS value FROM track WHERE track_album IS NOT NULL AND track_id IN (${tracks})`,
      args,
    },
    {
      sql: `SELECT artist_id AS value FROM track_artist WHERE track_id IN (${tracks}) UNION SELECT artist_id FROM album_artist WHERE album_id IN (${albums})`,
      args,
    },
    { sql: 'SELECT difference AS value FROM playlist_version' },
  ]);
  const [uris = [], trackIds = [], albumIds = [], artistIds = [], differences = []] =
    results.map(valuesOf);
  const older = new Set(differences.flatMap((text) => text.match(/spotify:[^"\\]+/g) ?? []));
  return {
    uris,
    candidates: {
      uris: uris.filter((uri) => !older.has(uri)),
      tracks: trackIds,
      albums: albumIds,
      artists: artistIds,
    },
  };
}

const valuesOf = (rows: readonly SqlRow[]): string[] =>
  listSchema.parse(rows.map(({ value }) => value));
