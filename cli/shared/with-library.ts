import { type Library, type LibraryPlace, openLibrary } from '../../app/library.ts';

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
