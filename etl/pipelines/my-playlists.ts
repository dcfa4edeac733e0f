import { extractMyPlaylists, type ListLimits } from '../extract/my-playlists.ts';
import type { MyPlaylistsSource } from '../extract/sources.ts';
import type { StoredVersions } from '../load/sinks.ts';
import type { PlaylistListing, StoredVersion } from '../model/playlist-listing.ts';
import { countEntries, toPlaylistEntries } from '../transform/playlist-entries.ts';
import type { IngestRun } from './ingest-summary.ts';

export type ListingPorts = {
  readonly source: MyPlaylistsSource;
  readonly versions: StoredVersions;
};

export type ListingOptions = ListLimits & {
  /** For who can do without the tables: told why they could not be read. Every state is then `unknown`. */
  readonly onTablesUnread?: ((error: unknown) => void) | undefined;
};

/**
 * Lists the user's playlists, 50 a call, and says of each whether it is stored as Spotify has it now. Reads the tables and
 * writes nothing.
 *
 * @throws EtlError what the source throws; what the tables throw, unless `onTablesUnread` is given
 */
export async function listPlaylists(
  { source, versions }: ListingPorts,
  options: ListingOptions,
  run: IngestRun,
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
    spotify_requests: run.spotifyRequests(),
    run_id: run.runId,
    duration_ms: run.now() - run.startedAt,
  };
}

async function findVersions(
  versions: StoredVersions,
  playlistIds: readonly string[],
  { onTablesUnread }: ListingOptions,
): Promise<StoredVersion[] | undefined> {
  try {
    return await versions.findVersions(playlistIds);
  } catch (error) {
    if (onTablesUnread === undefined) throw error;
    onTablesUnread(error);
    return undefined;
  }
}
