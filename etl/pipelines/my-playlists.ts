import * as z from 'zod/mini';
import { extractMyPlaylists, type ListLimits } from '../extract/my-playlists.ts';
import type { MyPlaylistsSource } from '../extract/sources.ts';
import { areStored, referencesOf } from '../load/sample.ts';
import type { StoredVersions } from '../load/sinks.ts';
import type { PlaylistEntry, PlaylistListing, StoredVersion } from '../model/playlist-listing.ts';
import { trackRecordSchema } from '../model/records.ts';
import { countEntries, toPlaylistEntries } from '../transform/playlist-entries.ts';

export type ListingPorts = {
  readonly source: MyPlaylistsSource;
  readonly versions: StoredVersions;
};

export type ListingOptions = ListLimits & {
  /** Called with the reason if the tables cannot be read; every state is then `unknown`. Without it, that is an error. */
  readonly onTablesUnavailable?: ((error: unknown) => void) | undefined;
};

/**
 * Lists the user's playlists, 50 a call, and says for each whether its present version is stored. Writes nothing.
 *
 * @throws EtlError of the source; of the tables, unless `onTablesUnavailable` is given
 */
export async function listPlaylists(
  { source, versions }: ListingPorts,
  options: ListingOptions,
): Promise<PlaylistListing> {
  const ownerId = await source.getUserId();
  const { playlists, empty, total, complete } = await extractMyPlaylists(source, options);
  const ids = playlists.map(({ id }) => id);
  const stored = await orUnknown(options, () => versions.findVersions(ids));
  const listed = toPlaylistEntries(playlists, { ownerId, stored });
  const isTrusted = await orUnknown(options, () => isSampleStored(versions, listed, stored));
  const entries = isTrusted === true ? listed : listed.map(distrust);
  return { playlists: entries, total, complete, counts: countEntries(entries, empty) };
}

/** Undefined if the tables cannot be read and the caller accepts that. */
async function orUnknown<Found>(
  { onTablesUnavailable }: ListingOptions,
  read: () => Promise<Found>,
): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (onTablesUnavailable === undefined) throw error;
    onTablesUnavailable(error);
    return undefined;
  }
}

/** If rows are gone, any list can be affected, so every list counts as changed. */
const distrust = (entry: PlaylistEntry): PlaylistEntry =>
  entry.state === 'unchanged' ? { ...entry, state: 'changed' } : entry;

/** Whether the first track of an unchanged list, its album and its main artist are stored. */
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
  const { data: references = {} } = referencesSchema.safeParse(row.attributes);
  return await areStored(versions, referencesOf(references));
}

const referencesSchema = z.pick(trackRecordSchema, { track_album: true, track_artists: true });
