/** Questions about the plays of a library. */
import type { SqlRow } from './database.ts';
import type { Library } from './library.ts';

/** From `sinceMs` on and before `untilMs`, in milliseconds since the epoch. */
export type Period = { readonly sinceMs: number; readonly untilMs: number };

export type PlayKey = 'songs' | 'artists' | 'albums' | 'shows';

export type TopQuery = Period & {
  readonly of: PlayKey;
  readonly by: 'plays' | 'minutes';
  readonly limit: number;
};

/** Wire names. */
export type TopEntry = {
  readonly name: string;
  readonly artist: string | null;
  readonly plays: number;
  /** To one decimal. Where nobody knows how long was listened, the whole song counts. */
  readonly minutes: number;
};

/** The item that `own` is counted under. */
export const SONG = 'item AS song ON song.item_id = coalesce(own.same_as, own.item_id)';

export const NOT_LEFT_OUT =
  'song.uri NOT IN (SELECT what FROM left_out) AND NOT EXISTS (SELECT 1 FROM left_out WHERE left_out.name = song.main_artist)';

/** An album goes by its first artist, however many play on it. */
export const ALBUM_ARTIST =
  "coalesce((SELECT artist_name FROM album_artist JOIN artist USING (artist_id) WHERE album_id = substr(own.parent_uri, length('spotify:album:') + 1) AND position = 0), own.main_artist)";

/** What is counted together, and how it is called. */
const KEYS: Readonly<Record<PlayKey, { key: string; name: string; artist: string }>> = {
  songs: { key: 'song.item_id', name: 'song.name', artist: 'song.main_artist' },
  artists: { key: 'song.main_artist', name: 'song.main_artist', artist: 'song.main_artist' },
  albums: { key: '1, 2', name: 'own.parent_name', artist: ALBUM_ARTIST },
  // Podcasts and audiobooks.
  shows: { key: '1', name: 'own.parent_name', artist: 'NULL' },
};

/** Music and what is spoken have totals of their own. */
const kindsOf = (of: PlayKey): string =>
  of === 'shows' ? "('episode', 'chapter')" : "('track', 'local', 'unknown')";

/** The most played songs, artists, albums or shows of a period, with a counted play each; of equal ones, the first by name. */
export async function listTop(library: Library, query: TopQuery): Promise<TopEntry[]> {
  const { by, limit, of, sinceMs, untilMs } = query;
  const { artist, key, name } = KEYS[of];
  const order = by === 'plays' ? 'plays DESC, ms DESC' : 'ms DESC, plays DESC';
  const sql = `SELECT ${name} AS name, ${artist} AS artist, sum(heard.plays) AS plays, sum(heard.ms + heard.unknown * coalesce(own.duration_ms, 0)) AS ms
    FROM (SELECT item_id, sum(counted) AS plays, coalesce(sum(ms_played), 0) AS ms, count(*) - count(ms_played) AS unknown FROM play WHERE ended_at >= :since AND ended_at < :until GROUP BY item_id) AS heard
    JOIN item AS own USING (item_id) JOIN ${SONG}
    WHERE own.kind IN ${kindsOf(of)} AND ${name} <> '' AND ${NOT_LEFT_OUT}
    GROUP BY ${key} HAVING sum(heard.plays) > 0 ORDER BY ${order}, 1, 2 LIMIT :limit`;
  const args = { since: sinceMs, until: untilMs, limit };
  const [rows = []] = await library.run([{ sql, args }]);
  return rows.map((row) => ({
    name: String(row.name),
    artist: textOf(row.artist),
    plays: Number(row.plays),
    minutes: Math.round(Number(row.ms) / 6_000) / 10,
  }));
}

/** Wire names. */
export type ListedPlay = {
  /** ISO 8601. */
  readonly ended_at: string;
  readonly name: string | null;
  readonly artist: string | null;
  readonly album: string | null;
  readonly uri: string;
  /** Null where only a poll knows of it. */
  readonly ms_played: number | null;
};

/** The last plays of a period, the newest first: all of them, what statistics leave out too. */
export async function listPlays(
  library: Library,
  { limit, sinceMs, untilMs }: Period & { readonly limit: number },
): Promise<ListedPlay[]> {
  const sql =
    'SELECT ended_at, name, main_artist, parent_name, uri, ms_played FROM play JOIN item USING (item_id) WHERE ended_at >= :since AND ended_at < :until ORDER BY ended_at DESC, play_id DESC LIMIT :limit';
  const args = { since: sinceMs, until: untilMs, limit };
  const [rows = []] = await library.run([{ sql, args }]);
  return rows.map((row) => ({
    ended_at: toIso(row.ended_at),
    name: textOf(row.name),
    artist: textOf(row.main_artist),
    album: textOf(row.parent_name),
    uri: String(row.uri),
    ms_played: row.ms_played === null ? null : Number(row.ms_played),
  }));
}

/** A time in which plays may be missing. Wire names. */
export type Gap = {
  /** The newest play before it and the oldest after it, ISO 8601. */
  readonly after: string;
  readonly before: string;
  /** `window`: more was played than Spotify lists. `missed`: nobody asked in time. */
  readonly cause: string;
  /** Whether an import has filled it. */
  readonly closed: boolean;
};

export async function listGaps(library: Library): Promise<Gap[]> {
  const sql = 'SELECT after, before, cause, closed_by FROM gap ORDER BY after';
  const [rows = []] = await library.run([{ sql }]);
  return rows.map(({ after, before, cause, closed_by }) => ({
    after: toIso(after),
    before: toIso(before),
    cause: String(cause),
    closed: closed_by !== null,
  }));
}

export type PlayTotals = {
  /** Long enough to count, and not left out. */
  readonly plays: number;
  /** Those whose length nobody knows. */
  readonly unknownLength: number;
  /** Those of songs without a name, which no ranking has. Spotify empties the names of withdrawn songs. */
  readonly unnamed: number;
  /** ISO 8601; undefined without any. */
  readonly first?: string;
};

export async function countPlays(
  library: Library,
  { of, sinceMs, untilMs }: Period & { readonly of: PlayKey },
): Promise<PlayTotals> {
  const sql = `SELECT count(*) AS plays, count(*) - count(ms_played) AS unknown, count(*) FILTER (WHERE coalesce(song.name, '') = '') AS unnamed, (SELECT min(ended_at) FROM play) AS first
    FROM play JOIN item AS own USING (item_id) JOIN ${SONG}
    WHERE counted AND ended_at >= :since AND ended_at < :until AND own.kind IN ${kindsOf(of)} AND ${NOT_LEFT_OUT}`;
  const [[row] = []] = await library.run([{ sql, args: { since: sinceMs, until: untilMs } }]);
  const first = row?.first ?? null;
  return {
    plays: Number(row?.plays),
    unknownLength: Number(row?.unknown),
    unnamed: Number(row?.unnamed),
    ...(first !== null && { first: toIso(first) }),
  };
}

const textOf = (value: SqlRow[string] = null): string | null =>
  value === null ? null : String(value);

const toIso = (ms: SqlRow[string] = null): string => new Date(Number(ms)).toISOString();
