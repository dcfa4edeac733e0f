import { stat } from 'node:fs/promises';
import { type LibraryPlace, openLibrary, readLibraryVersion } from '../../app/library.ts';
import { ignoring } from '../../lib/system-error.ts';

/** A server that sells rows is asked this seldom. */
const SERVER_MS = 15_000;

/** Returns a text that changes with the library there. A file needs not be opened for it. */
export function createVersionReader({ authToken, place }: LibraryPlace): () => Promise<string> {
  if (!place.includes('://')) return () => readFileVersion(place);
  let asked: { readonly at: number; readonly version: Promise<string> } | undefined;
  const ask = async (): Promise<string> => {
    const library = openLibrary({ place, authToken });
    return await readLibraryVersion(library).finally(() => library.close());
  };
  return () => {
    const now = Date.now();
    if (asked === undefined || now - asked.at > SERVER_MS) asked = { at: now, version: ask() };
    return asked.version;
  };
}

/** SQLite writes to the file, and first to the other one. An empty one comes and goes with those who only read. */
async function readFileVersion(path: string): Promise<string> {
  const files = [path, `${path}-wal`].map((each) =>
    stat(each, { bigint: true }).catch(ignoring('ENOENT')),
  );
  const written = (await Promise.all(files)).filter((file) => file !== undefined && file.size > 0n);
  return written.map((file) => `${file?.mtimeNs ?? ''}-${file?.size ?? ''}`).join(' ');
}
