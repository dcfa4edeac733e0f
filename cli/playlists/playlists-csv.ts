import { stringify } from 'csv-stringify/sync';
import { toRequestSent } from '../../trigger/playlists-file.ts';

/** A playlists file for the trigger: these playlists, all pending. */
export function playlistsCsv(playlistRefs: readonly string[]): string {
  const rows = playlistRefs.map((playlistRef) => [playlistRef, toRequestSent(false), '']);
  return stringify([['playlist_uri', 'request_sent', 'response'], ...rows]);
}
