import { extractMyPlaylists, type ListLimits } from '../extract/my-playlists.ts';
import type { MyPlaylistsSource } from '../extract/sources.ts';
import type { StoredVersions } from '../load/sinks.ts';
import type { PlaylistListing, StoredVersion } from '../model/playlist-listing.ts';
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
  const entries = toPlaylistEntries(playlists, { ownerId, stored });
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
