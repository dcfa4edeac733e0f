/** Joins polled and imported plays of the same listen: the polled row takes what the import knows, and the imported row goes. */
import type { TimeRange } from '../../etl/model/imports.ts';
import { type PlayPair, pairPlays, type TimedPlay } from '../../etl/model/pair-plays.ts';
import { ConditionError, onlyIf, type SqlRow, type Statement } from './database.ts';
import { toJsonPages } from './json-pages.ts';
import type { CallLimits, Library } from './library.ts';

/** Polls and exports both say the end of a play; how far apart is known of nobody, so this is wide. */
const WINDOW_MS = 60_000;
/** Account data says the minute. */
const HALF_MINUTE_MS = 30_000;
/** Shorter plays are hardly ever polled: they would be taken for others of the same song. */
const MIN_PLAYED_MS = 30_000;

const SONG = 'coalesce(same_as, item_id) AS song';

/** Most of an export is older than the first poll. */
const toLimit = (which: string): string =>
  `(SELECT ${which}(ended_at) FROM play WHERE api_key IS NOT NULL AND export_key IS NULL)`;
const IS_NEAR_POLLS = `ended_at >= ${toLimit('min')} - ${2 * WINDOW_MS} AND ended_at <= ${toLimit('max')} + ${WINDOW_MS}`;

const POLLED = `SELECT play_id, ended_at, ${SONG}, account_key FROM play JOIN item USING (item_id) WHERE api_key IS NOT NULL AND export_key IS NULL AND ended_at >= :first AND ended_at <= :last ORDER BY ended_at, play_id`;
const IMPORTED = `SELECT play_id, ended_at, ${SONG}, export_key, account_key FROM play JOIN item USING (item_id) WHERE api_key IS NULL AND ms_played >= ${MIN_PLAYED_MS} AND ended_at >= :first AND ended_at <= :last AND ${IS_NEAR_POLLS} ORDER BY ended_at, play_id`;

const TAKEN = [
  ...['ms_played', 'reason_start', 'reason_end', 'skipped', 'shuffle', 'offline', 'incognito'],
  ...['device', 'country', 'import_id'],
].join(', ');

/** Whether the pairs of a page are still as they were read: another process can have joined them. */
const ARE_LEFT =
  "(SELECT count(*) FROM json_each(:pairs) AS pair JOIN play AS polled ON polled.play_id = pair.value->>'polled' AND polled.api_key IS NOT NULL AND polled.export_key IS NULL JOIN play AS imported ON imported.play_id = pair.value->>'imported' AND imported.export_key IS pair.value->>'export_key' AND imported.account_key IS pair.value->>'account_key') = json_array_length(:pairs)";

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

/** Another process that joins the same plays ends in between. */
const MAX_TRIES = 5;

/** Joins what lies in this range and returns the pairs. What is interrupted can be done again. */
export async function joinPlays(
  library: Library,
  range: TimeRange,
  joining: Joining,
): Promise<PlayPair[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await tryToJoin(library, range, joining);
    } catch (error) {
      if (!(error instanceof ConditionError) || tries === MAX_TRIES) throw error;
    }
  }
}

async function tryToJoin(
  library: Library,
  { firstMs, lastMs }: TimeRange,
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
    const areLeft = onlyIf(ARE_LEFT, { pairs: page });
    await library.run([areLeft, ...joining, ...(at === pages.length - 1 ? then : [])], limits);
  }
  if (pages.length === 0 && then.length > 0) await library.run(then, limits);
  return pairs;
}

function toTimed({ ended_at, play_id, song }: SqlRow): TimedPlay {
  return { id: Number(play_id), at: Number(ended_at), song: Number(song) };
}
