/** The artists file on this machine. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../../app/app.ts';
import { lockFile } from '../../lib/file-lock.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { UsageError } from '../../lib/usage-error.ts';
import {
  type Artists,
  addToArtists,
  NO_ARTISTS,
  parseArtists,
} from '../../trigger/artists-file.ts';
import { openFileStore, type PlaylistsStore } from '../../trigger/playlists-store.ts';
import { text } from '../shared/command.ts';

export const artistsOption = text('--artists <file>', 'the artists file', 'artists.csv');

const FILE_MODE = 0o644;

/** @throws UsageError without a file, and as `parseArtists` */
export async function readArtists(file: string): Promise<Artists> {
  return parseArtists(await (await openArtists(file)).read(), file);
}

/** Adds those that are not in the file yet, and makes the file if there is none. Returns how many that are. */
export async function addArtists(
  file: string,
  artists: ReadonlyMap<string, string>,
  market: string | undefined,
): Promise<number> {
  if (!existsSync(file)) await replaceFile(resolve(file), NO_ARTISTS, { mode: FILE_MODE });
  return await addToArtists({ ...(await openArtists(file)), name: file }, artists, market);
}

/** Only one process works on a file; an editor may. */
export async function withArtistsLocked<Result>(
  file: string,
  work: (store: PlaylistsStore) => Promise<Result>,
): Promise<Result> {
  const store = await openArtists(file);
  const busy = 'Another run is already working on this file';
  const lock = await lockFile(`${store.name}.lock`, { clock: systemClock, busy });
  try {
    return await work(store);
  } finally {
    await lock.release();
  }
}

function openArtists(file: string): Promise<PlaylistsStore> {
  if (existsSync(file)) return openFileStore(file, systemClock);
  throw new UsageError(
    `There is no ${file} yet. Make it: npx spotify-etl albums add <artist link>`,
  );
}
