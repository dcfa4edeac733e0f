import {
  applyDifference,
  differenceSchema,
  type PlaylistVersion,
} from '../../etl/model/playlist-difference.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { Library } from './library.ts';
import { selectList, toStoredList } from './playlist-rows.ts';

/** What a list was from `seenAt` on, which is ISO 8601, until the next newer version was seen. */
export type DatedVersion = PlaylistVersion & { readonly seenAt: string };

const SELECT_VERSIONS =
  'SELECT version, seen_at, difference FROM playlist_version WHERE playlist_id = :playlist_id ORDER BY version DESC, part';

/** Every version of a list, the newest first. None where it is not in the library. */
export async function* listVersions(
  library: Library,
  playlistId: string,
): AsyncGenerator<DatedVersion> {
  const [rows, items, parts = []] = await library.run([
    ...selectList(playlistId),
    { sql: SELECT_VERSIONS, args: { playlist_id: playlistId } },
  ]);
  const newest = toStoredList([rows ?? [], items ?? []]);
  if (newest === undefined) return;
  const { attributes, seenAt } = newest;
  let version: DatedVersion = { attributes, items: newest.items, seenAt };
  yield version;
  for (const [first, ...others] of Map.groupBy(parts, (part) => part.version).values()) {
    const text = [first, ...others].map((part) => part?.difference).join('');
    const difference = differenceSchema.parse(parseJson(text));
    version = { ...applyDifference(version, difference), seenAt: String(first?.seen_at) };
    yield version;
  }
}
