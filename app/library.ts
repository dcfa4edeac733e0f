/** What the commands ask of a library. */
import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/system-clock.ts';
import { Library } from '../stores/sqlite/library.ts';
import { LibraryAlbums } from '../stores/sqlite/library-albums.ts';
import { openDatabase } from '../stores/sqlite/open-database.ts';

export { toArtistHash } from '../etl/transform/imported-rows.ts';
export * from '../stores/sqlite/forget-plays.ts';
export * from '../stores/sqlite/left-out.ts';
export type { Library } from '../stores/sqlite/library.ts';
export { readLibraryVersion } from '../stores/sqlite/library-version.ts';
export * from '../stores/sqlite/play-pages.ts';
export * from '../stores/sqlite/play-statistics.ts';
export * from '../stores/sqlite/playlist-history.ts';
export * from '../stores/sqlite/select.ts';

/** What is stored of albums there. */
export function openAlbums(at: LibraryPlace): LibraryAlbums {
  return new LibraryAlbums(openLibrary(at));
}

/** A file, or the address of a libSQL server and its token. */
export type LibraryPlace = { readonly place: string; readonly authToken: string | undefined };

/**
 * The library there. Nothing is opened before the first question.
 *
 * @throws EtlError `CONFIG_INVALID` for an address that cannot be used
 */
export function openLibrary(
  { authToken, place }: LibraryPlace,
  clock: Clock = systemClock,
): Library {
  return new Library(openDatabase(place, authToken), clock);
}
