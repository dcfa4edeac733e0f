import * as z from 'zod/mini';
import { extractMyPlaylists, type ListLimits } from '../extract/my-playlists.ts';
import type { MyPlaylistsSource } from '../extract/sources.ts';
import type { StoredVersions } from '../load/sinks.ts';
import type { PlaylistEntry, PlaylistListing, StoredVersion } from '../model/playlist-listing.ts';
import { trackRecordSchema } from '../model/records.ts';
import { countEntries, toPlaylistEntries } from '../transform/playlist-entries.ts';

export type ListingPorts = {
  readonly source: MyPlaylistsSource;
  readonly versions: StoredVersions;
};

export type ListingOptions = ListLimits & {
  /** Called with the reason where the tables cannot be read: every state is then `unknown`. Without it that is an error. */
  readonly onTablesUnavailable?: ((error: unknown) => void) | undefined;
};

/**
 * Lists the user's playlists, 50 a call, and says of each whether it is stored as Spotify has it now. Reads the tables and
 * writes nothing.
 *
 * @throws EtlError what the source throws; what the tables throw, unless `onTablesUnavailable` is given
 */
export async function listPlaylists(
  { source, versions }: ListingPorts,
  options: ListingOptions,
): Promise<PlaylistListing> {
  const ownerId = await source.getUserId();
  const { playlists, empty, total, complete } = await extractMyPlaylists(source, options);
  const ids = playlists.map(({ id }) => id);
  const stored = await findVersions(versions, ids, options);
  const listed = toPlaylistEntries(playlists, { ownerId, stored });
  const isTrusted = await isSampleStored(versions, listed, stored);
  const entries = isTrusted ? listed : listed.map(distrust);
  return {
    playlists: entries,
    total,
    complete,
    counts: countEntries(entries, empty),
  };
}

async function findVersions(
  versions: StoredVersions,
  playlistIds: readonly string[],
  { onTablesUnavailable }: ListingOptions,
): Promise<StoredVersion[] | undefined> {
  try {
    return await versions.findVersions(playlistIds);
  } catch (error) {
    if (onTablesUnavailable === undefined) throw error;
    onTablesUnavailable(error);
    return undefined;
  }
}

/** Where rows are gone, any list can be affected: each is then sent by itself, which finds out. */
const distrust = (entry: PlaylistEntry): PlaylistEntry =>
  entry.state === 'unchanged' ? { ...entry, state: 'changed' } : entry;

/**
 * Whether the first track of an unchanged list, its album and its main artist are stored: a table that was emptied or restored
 * from a backup is noticed for three reads.
 */
async function isSampleStored(
  versions: StoredVersions,
  entries: readonly PlaylistEntry[],
  stored: readonly StoredVersion[] = [],
): Promise<boolean> {
  const unchanged = new Set(
    entries.flatMap(({ playlist_id, state }) => (state === 'unchanged' ? [playlist_id] : [])),
  );
  const [trackId] = stored.flatMap(({ playlist_id, playlist_tracks }) =>
    unchanged.has(playlist_id) ? playlist_tracks : [],
  );
  if (trackId === undefined) return true;
  const [row] = await versions.findRows([{ table: 'track', key: trackId }]);
  if (row === undefined) return false;
  const { data } = refersToSchema.safeParse(row.attributes);
  const keys = [
    ...(data?.track_album === undefined
      ? []
      : [{ table: 'album', key: data.track_album } as const]),
    ...(data?.track_artists ?? []).slice(0, 1).map((key) => ({ table: 'artist', key }) as const),
  ];
  return keys.length === 0 || (await versions.findRows(keys)).length === keys.length;
}

const refersToSchema = z.pick(trackRecordSchema, { track_album: true, track_artists: true });
