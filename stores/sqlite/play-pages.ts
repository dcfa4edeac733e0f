/** All plays of a period, in order, a page at a time. */
import type { SqlRow } from './database.ts';
import type { Library } from './library.ts';
import type { Period } from './play-statistics.ts';

/** Wire names. Null is what no source told. */
export type ExportedPlay = {
  /** ISO 8601. */
  readonly ended_at: string;
  readonly name: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly uri: string;
  readonly kind: string;
  readonly ms_played: number | null;
  /** Whether it was long enough for a statistic. */
  readonly counted: boolean;
  /** `poll`, `extended`, `account`, or several with a plus between. */
  readonly source: string;
  readonly context_uri: string | null;
  readonly reason_start: string | null;
  readonly reason_end: string | null;
  readonly skipped: boolean | null;
  readonly shuffle: boolean | null;
  readonly offline: boolean | null;
  readonly incognito: boolean | null;
  readonly device: string | null;
  readonly country: string | null;
};

/** The second is how long the song is. */
export type PlayWithLength = readonly [play: ExportedPlay, durationMs: number | null];

const PLAYS_PER_PAGE = 2_000;

const SQL = `SELECT play.*, uri, kind, name, main_artist, parent_name, duration_ms FROM play JOIN item USING (item_id)
  WHERE ended_at >= :at AND (ended_at > :at OR play_id > :id) AND ended_at < :until ORDER BY ended_at, play_id LIMIT :limit`;

/** By the ends, what statistics leave out too. A play that is stored meanwhile is missing or not, and none comes twice. */
export async function* readPlays(
  library: Library,
  { sinceMs, untilMs }: Period,
): AsyncGenerator<PlayWithLength[]> {
  let [at, id] = [sinceMs, 0];
  for (;;) {
    const args = { at, id, until: untilMs, limit: PLAYS_PER_PAGE };
    const [rows = []] = await library.run([{ sql: SQL, args }]);
    const last = rows.at(-1);
    if (last !== undefined) yield rows.map((row) => [toPlay(row), numberOf(row.duration_ms)]);
    if (last === undefined || rows.length < PLAYS_PER_PAGE) return;
    [at, id] = [Number(last.ended_at), Number(last.play_id)];
  }
}

function toPlay(row: SqlRow): ExportedPlay {
  return {
    ended_at: new Date(Number(row.ended_at)).toISOString(),
    name: textOf(row.name),
    artist: textOf(row.main_artist),
    album: textOf(row.parent_name),
    uri: String(row.uri),
    kind: String(row.kind),
    ms_played: numberOf(row.ms_played),
    counted: row.counted === 1,
    source: toSource(row),
    context_uri: textOf(row.context_uri),
    reason_start: textOf(row.reason_start),
    reason_end: textOf(row.reason_end),
    skipped: flagOf(row.skipped),
    shuffle: flagOf(row.shuffle),
    offline: flagOf(row.offline),
    incognito: flagOf(row.incognito),
    device: textOf(row.device),
    country: textOf(row.country),
  };
}

function toSource({ account_key, api_key, export_key }: SqlRow): string {
  const keys = Object.entries({ poll: api_key, extended: export_key, account: account_key });
  return keys
    .filter(([, key]) => key !== null)
    .map(([source]) => source)
    .join('+');
}

type Value = SqlRow[string] | undefined;

const textOf = (value: Value): string | null => (isKnown(value) ? String(value) : null);
const numberOf = (value: Value): number | null => (isKnown(value) ? Number(value) : null);
const flagOf = (value: Value): boolean | null => (isKnown(value) ? value === 1 : null);

function isKnown(value: Value): value is string | number {
  return value !== null && value !== undefined;
}
