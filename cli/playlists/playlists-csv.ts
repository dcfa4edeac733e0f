import type { PlaylistEntry } from '../../etl/model/playlist-listing.ts';
import { toRequestSent } from '../../trigger/playlists-row.ts';

const HEADER = 'playlist_uri,request_sent,response';

/** A playlists file for the trigger: the readable ones, all pending. A URI has nothing in it that a cell would have to quote. */
export function playlistsCsv(playlists: readonly PlaylistEntry[]): string {
  const rows = playlists
    .filter(({ readable }) => readable)
    .map(({ playlist_uri: uri }) => `${uri},${toRequestSent(false)},`);
  return [HEADER, ...rows].map((line) => `${line}\n`).join('');
}
