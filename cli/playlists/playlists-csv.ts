import { stringify } from 'csv-stringify/sync';
import type { PlaylistEntry } from '../../etl/model/playlist-listing.ts';
import { toRequestSent } from '../../trigger/playlists-file.ts';

/** A playlists file for the trigger: the readable playlists, all pending. */
export function playlistsCsv(playlists: readonly PlaylistEntry[]): string {
  const rows = playlists
    .filter(({ readable }) => readable)
    .map(({ playlist_uri: uri }) => [uri, toRequestSent(false), '']);
  return stringify([['playlist_uri', 'request_sent', 'response'], ...rows]);
}
