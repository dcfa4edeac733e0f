/** Joins polled and imported plays of the same listen: the polled row takes what the import knows, and the imported row goes. */
import { type PlayPair, pairPlays, type TimedPlay } from '../../etl/model/pair-plays.ts';
import type { SqlRow, Statement } from './database.ts';
import { toJsonPages } from './json-pages.ts';
import type { CallLimits, Library } from './library.ts';

type Range = { readonly firstMs: number; readonly lastMs: number };

/** Polls and exports both say the end of a play; how far apart is known of nobody, so this is wide. */
const WINDOW_MS = 60_000;
/** Account data says the minute. */
const HALF_MINUTE_MS = 30_000;
/** Shorter plays are hardly ever polled: they would be taken for others of the same song. */
const MIN_PLAYED_MS = 30_000;

const SONG = 'coalesce(same_as, item_id) AS song';

const POLLED = `SELECT play_id, ended_at, ${SONG}, account_key FROM play JOIN item USING (item_id) WHERE api_key IS NOT NULL AND export_key IS NULL AND ended_at >= :first AND ended_at <= :last`;
const IMPORTED = `SELECT play_id, ended_at, ${SONG}, export_key, account_key FROM play JOIN item USING (item_id) WHERE api_key IS NULL AND ms_played >= ${MIN_PLAYED_MS} AND ended_at >= :first AND ended_at <= :last`;

const TAKEN = [
  ...['ms_played', 'reason_start', 'reason_end', 'skipped', 'shuffle', 'offline', 'incognito'],
  ...['device', 'country', 'import_id'],
].join(', ');

/** In this order, since a key stands in one row only. */
const JOIN = [
  `UPDATE play SET (${TAKEN}) = (SELECT ${TAKEN} FROM play AS imported WHERE imported.play_id = pair.value->>'imported') FROM json_each(:pairs) AS pair WHERE play.play_id = pair.value->>'polled'`,
  "DELETE FROM play WHERE play_id IN (SELECT value->>'imported' FROM json_each(:pairs))",
  "UPDATE play SET export_key = coalesce(pair.value->>'export_key', export_key), account_key = coalesce(pair.value->>'account_key', account_key) FROM json_each(:pairs) AS pair WHERE play.play_id = pair.value->>'polled'",
];

type Joining = CallLimits & {
  /** Run with the last of the pairs, in one transaction. */
  readonly then?: readonly Statement[];
};

/** Joins what lies in this range and returns the pairs. What is interrupted can be done again. */
export async function joinPlays(
  library: Library,
  { firstMs, lastMs }: Range,
  { then = [], ...limits }: Joining,
): Promise<PlayPair[]> {
  const args = { first: firstMs - WINDOW_MS, last: lastMs + WINDOW_MS };
  const [polled = [], imported = []] = await library.run(
    [POLLED, IMPORTED].map((sql) => ({ sql, args })),
    limits,
  );
  const byMinute = imported.filter(({ export_key }) => export_key === null);
  const bySecond = imported.filter(({ export_key }) => export_key !== null);
  const exact = pairPlays(polled.map(toTimed), bySecond.map(toTimed), WINDOW_MS);
  const joined = new Set(exact.map((pair) => pair.polled));
  const left = polled
    .filter(({ account_key }) => account_key === null)
    .map(toTimed)
    .filter(({ id }) => !joined.has(id));
  const middles = byMinute.map(toTimed).map((play) => ({ ...play, at: play.at + HALF_MINUTE_MS }));
  const pairs = [...exact, ...pairPlays(left, middles, WINDOW_MS + HALF_MINUTE_MS)];
  const keys = new Map(imported.map((row) => [row.play_id, row]));
  const pages = toJsonPages(
    pairs.map((pair) => {
      const { account_key, export_key } = keys.get(pair.imported) ?? {};
      return { polled: pair.polled, imported: pair.imported, account_key, export_key };
    }),
  );
  for (const [at, page] of pages.entries()) {
    const joining = JOIN.map((sql) => ({ sql, args: { pairs: page } }));
    await library.run([...joining, ...(at === pages.length - 1 ? then : [])], limits);
  }
  if (pages.length === 0 && then.length > 0) await library.run(then, limits);
  return pairs;
}

function toTimed({ ended_at, play_id, song }: SqlRow): TimedPlay {
  return { id: Number(play_id), at: Number(ended_at), song: Number(song) };
}
