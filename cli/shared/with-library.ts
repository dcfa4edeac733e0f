import { type Library, type LibraryPlace, openLibrary } from '../../app/library.ts';
import type { Environment } from './dynamodb-settings.ts';
import { findFilledLibrary } from './library.ts';

/** Runs `work` on the library there, and closes it. Returns the exit code of `work`. */
export async function withLibrary(
  place: LibraryPlace,
  work: (library: Library) => Promise<number>,
): Promise<number> {
  const library = openLibrary(place);
  try {
    return await work(library);
  } finally {
    await library.close();
  }
}

/** The same on one that has plays: the place on the command line, else the usual one. */
export function withPlays(
  given: string | undefined,
  environment: Environment,
  work: (library: Library) => Promise<number>,
): Promise<number> {
  return withLibrary(findFilledLibrary(given, environment, 'plays collect'), work);
}
