import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'csv-stringify/sync';

/** The showcase of the simulated Spotify, with some that fail: what `npm start` sends when it is given none. */
const SHOWCASE = 'trigger/playlists.csv';

/** A playlists file for one start of the local stack: these playlists, or a copy of the showcase. Returns its path. */
export async function writePlaylistsFile(
  folder: string,
  playlistRefs: readonly string[],
): Promise<string> {
  const path = join(folder, 'playlists.csv');
  if (playlistRefs.length === 0) {
    await copyFile(SHOWCASE, path);
    return path;
  }
  const rows = playlistRefs.map((playlistRef) => [playlistRef, 'False', '']);
  await writeFile(path, stringify([['playlist_uri', 'request_sent', 'response'], ...rows]));
  return path;
}
