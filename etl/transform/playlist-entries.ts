import { isSpotifyMade, toPlaylistUri } from '../model/ids.ts';
import { present } from '../model/omit-absent.ts';
import type {
  ListedPlaylist,
  ListingCounts,
  PlaylistEntry,
  PlaylistState,
  Relation,
  StoredVersion,
} from '../model/playlist-listing.ts';

/** The owner of the list, and the stored versions; undefined if the tables could not be read. */
export type ListContext = {
  readonly ownerId: string;
  readonly stored: readonly StoredVersion[] | undefined;
};

/** The listed playlists in the same order, each with its relation to the user and its state. */
export function toPlaylistEntries(
  playlists: readonly ListedPlaylist[],
  { ownerId, stored }: ListContext,
): PlaylistEntry[] {
  const versions = new Map(stored?.map((version) => [version.playlist_id, version]));
  return playlists.map((playlist) => {
    const version = versions.get(playlist.id);
    const relation = toRelation(playlist, ownerId);
    const state = stored === undefined ? 'unknown' : toState(playlist, version);
    return present({
      playlist_id: playlist.id,
      playlist_uri: toPlaylistUri(playlist.id),
      playlist_name: playlist.name ?? '',
      owner_id: playlist.owner?.id,
      owner_name: playlist.owner?.display_name,
      relation,
      readable: relation === 'owned' || relation === 'collaborative',
      items: playlist.total ?? (state === 'unchanged' ? version?.playlist_num_items : undefined),
      snapshot_id: playlist.snapshot_id,
      state,
      extracted_at: version?.extracted_at,
    });
  });
}

/** The number of each kind; `empty` entries were null. */
export function countEntries(entries: readonly PlaylistEntry[], empty: number): ListingCounts {
  const counts = {
    readable: 0,
    owned: 0,
    collaborative: 0,
    followed: 0,
    spotify_made: 0,
    new: 0,
    changed: 0,
    unchanged: 0,
    unknown: 0,
    empty,
  };
  for (const { readable, relation, state } of entries) {
    counts[relation === 'spotify-made' ? 'spotify_made' : relation] += 1;
    counts[state] += 1;
    if (readable) counts.readable += 1;
  }
  return counts;
}

/** Spotify's own lists come first: no other relation makes them readable. */
function toRelation({ collaborative, id, owner }: ListedPlaylist, ownerId: string): Relation {
  if (isSpotifyMade(id)) return 'spotify-made';
  if (owner?.id === ownerId) return 'owned';
  return collaborative === true ? 'collaborative' : 'followed';
}

/** Without a version mark it counts as changed, which costs a call and loses nothing. */
function toState(
  { snapshot_id }: ListedPlaylist,
  version: StoredVersion | undefined,
): PlaylistState {
  if (version === undefined) return 'new';
  return version.playlist_snapshot_id === snapshot_id ? 'unchanged' : 'changed';
}
