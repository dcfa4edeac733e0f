import { visible } from '../../lib/plain-text.ts';
import { toPlaylistUri } from '../model/ids.ts';
import type { PlaylistRecords, StoredPlaylist } from '../model/records.ts';
import type { PlaylistMetadata } from '../model/spotify-objects.ts';
import type { IngestSummary, LoadSummary, PlaylistCounts } from '../model/summaries.ts';

/** The summary of an unchanged playlist. */
export function summariseUnchanged(
  metadata: PlaylistMetadata,
  stored: StoredPlaylist,
): IngestSummary {
  const { episode, local, unavailable } = stored.playlist_skipped;
  const name = metadata.name ?? '';
  return {
    status: 'unchanged',
    message: `${label(name)}: unchanged since ${stored.extracted_at}; nothing written.`,
    ...identity(metadata.id, name, metadata.snapshot_id),
    counts: { items: stored.playlist_num_items, episodes: episode, local, unavailable },
    written: { playlist: 0, track: 0, album: 0, artist: 0 },
    extracted_at: stored.extracted_at,
  };
}

/** The summary of a loaded playlist. `leftOut`: how many of Spotify's values were invalid. */
export function summariseLoaded(
  records: PlaylistRecords,
  loaded: LoadSummary,
  leftOut = 0,
): IngestSummary {
  const { playlist } = records;
  const counts = { ...countRecords(records), ...(leftOut > 0 && { values_left_out: leftOut }) };
  const rows = Object.values(loaded.written).reduce((sum, written) => sum + written, 0);
  const name = playlist.playlist_name ?? '';
  const contents = NOUNS.map((noun) => quantity(counts[`${noun}s`], noun));
  return {
    status: 'loaded',
    message: `${label(name)}: ${contents.join(', ')}; ${quantity(rows, 'row')} written.`,
    ...identity(playlist.playlist_id, name, playlist.playlist_snapshot_id),
    counts,
    ...loaded,
  };
}

const NOUNS = ['item', 'track', 'album', 'artist'] as const;

function countRecords({ playlist, tracks, albums, artists }: PlaylistRecords): PlaylistCounts {
  const { episode, local, unavailable } = playlist.playlist_skipped;
  return {
    items: playlist.playlist_num_items,
    tracks: tracks.length,
    albums: albums.length,
    artists: artists.length,
    episodes: episode,
    local,
    unavailable,
    repeats: playlist.playlist_tracks.length - tracks.length,
  };
}

function identity(playlistId: string, name: string, snapshotId: string) {
  return {
    playlist_id: playlistId,
    playlist_uri: toPlaylistUri(playlistId),
    playlist_name: name,
    snapshot_id: snapshotId,
  };
}

function quantity(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A name must not control the terminal that prints the message. */
function label(name: string): string {
  return visible(name).trim() || 'Unnamed playlist';
}
