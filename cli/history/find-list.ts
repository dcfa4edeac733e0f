import type { DatedVersion, Library } from '../../app/library.ts';
import { playlistRefSchema } from '../../etl/model/ids.ts';
import { UsageError } from '../../lib/usage-error.ts';

export type FoundList = { readonly id: string; readonly name: string };

/** What is shown of an item: a name, and a track's main artist. */
export type Names = ReadonlyMap<string, string>;

/**
 * The list of this link, ID or name. Letters' case does not matter in a name.
 *
 * @throws UsageError where the library has no such list, or several of that name
 */
export async function findList(library: Library, wanted: string): Promise<FoundList> {
  const parsed = playlistRefSchema.safeParse(wanted);
  const id = parsed.success ? parsed.data : wanted;
  const sql =
    'SELECT playlist_id, playlist_name FROM playlist WHERE playlist_id = :id OR lower(playlist_name) = lower(:id)';
  const [rows = []] = await library.run([{ sql, args: { id } }]);
  const found = rows.map(({ playlist_id, playlist_name }) => ({
    id: String(playlist_id),
    name: String(playlist_name ?? ''),
  }));
  const [first, second] = found;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined) {
    throw new UsageError(
      `The library has no list ${wanted}. npx spotify-etl get reads one into it.`,
    );
  }
  const ids = found.map((list) => list.id).join(', ');
  throw new UsageError(`${found.length} lists have this name. Give the ID of one: ${ids}`);
}

const NAMES = `SELECT uri, coalesce(track_name, name, uri) || coalesce(' – ' || artist_name, '') AS name
FROM item
LEFT JOIN track USING (track_id)
LEFT JOIN track_artist ON track_artist.track_id = track.track_id AND track_artist.position = 0
LEFT JOIN artist USING (artist_id)
WHERE uri IN (SELECT value FROM json_each(:uris))`;

/** Of every item in these versions, by URI. */
export async function findNames(
  library: Library,
  versions: readonly DatedVersion[],
): Promise<Names> {
  const uris = new Set(versions.flatMap(({ items }) => items.flatMap(({ uri }) => uri ?? [])));
  const statement = { sql: NAMES, args: { uris: JSON.stringify([...uris]) } };
  const [rows = []] = await library.run([statement]);
  return new Map(rows.map(({ name, uri }) => [String(uri), String(name)]));
}
