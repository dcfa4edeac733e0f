/** Songs and artists that statistics leave out. */
import type { SqlRow } from './database.ts';
import type { Library } from './library.ts';

export type LeftOut = {
  /** The URI; `artist:<name>` for an artist whose URI is not known. */
  readonly what: string;
  /** An artist's name, by which plays are found; null for a song. */
  readonly artist: string | null;
  /** For people: a song with its artist, or an artist. */
  readonly label: string;
};

const SONGS =
  "SELECT song.uri AS what, NULL AS artist, coalesce(song.name, song.uri) || coalesce(' – ' || song.main_artist, '') AS label FROM item AS own JOIN item AS song ON song.item_id = coalesce(own.same_as, own.item_id)";
const ARTISTS =
  "SELECT coalesce((SELECT 'spotify:artist:' || min(artist_id) FROM artist WHERE artist_name = main_artist), 'artist:' || main_artist) AS what, main_artist AS artist, main_artist AS label FROM item";

/** Songs and artists with plays, of this URI or name. The case of ASCII letters does not matter in a name. */
export async function findPlayed(library: Library, wanted: string): Promise<LeftOut[]> {
  const hasPlays = 'EXISTS (SELECT 1 FROM play WHERE play.item_id = own.item_id)';
  const sql = `${SONGS} WHERE (own.uri = :wanted OR lower(own.name) = lower(:wanted)) AND ${hasPlays}
    UNION ${ARTISTS} AS own WHERE (lower(main_artist) = lower(:wanted) OR 'artist:' || main_artist = :wanted OR main_artist = (SELECT artist_name FROM artist WHERE 'spotify:artist:' || artist_id = :wanted)) AND ${hasPlays} ORDER BY label, what`;
  const [rows = []] = await library.run([{ sql, args: { wanted } }]);
  return rows.map(toLeftOut);
}

/** All, or those of this URI or name. */
export async function findLeftOut(library: Library, wanted?: string): Promise<LeftOut[]> {
  const sql = `SELECT what, left_out.name AS artist, coalesce(left_out.name, item.name || coalesce(' – ' || main_artist, ''), what) AS label FROM left_out LEFT JOIN item ON uri = what
    WHERE :wanted IS NULL OR what = :wanted OR lower(coalesce(left_out.name, item.name)) = lower(:wanted) ORDER BY label, what`;
  const [rows = []] = await library.run([{ sql, args: { wanted: wanted ?? null } }]);
  return rows.map(toLeftOut);
}

/** Once left out, it stays so. */
export async function leaveOut(
  library: Library,
  { artist, what }: LeftOut,
  nowMs: number,
): Promise<void> {
  const sql =
    'INSERT INTO left_out (what, name, left_out_at) VALUES (:what, :artist, :now) ON CONFLICT DO NOTHING';
  await library.run([{ sql, args: { what, artist, now: nowMs } }]);
}

export async function takeBack(library: Library, { what }: LeftOut): Promise<void> {
  await library.run([{ sql: 'DELETE FROM left_out WHERE what = :what', args: { what } }]);
}

const toLeftOut = (row: SqlRow): LeftOut => ({
  what: String(row.what),
  artist: row.artist === null ? null : String(row.artist),
  label: String(row.label),
});
