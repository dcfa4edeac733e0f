import { Readable } from 'node:stream';
import { fillLibrary, type Library, mirrorPlays, openLibrary } from '../../app/library.ts';
import type { Picture } from '../../app/picture.ts';
import { type ExportFile, toPages } from './files.ts';

type SqliteOptions = {
  /** Whose the library is. */
  readonly owner: string;
  readonly plays?: Library | undefined;
  readonly signal?: AbortSignal | undefined;
};

/** A library of its own: a SQLite file. */
export function sqliteFile(picture: Picture, { owner, plays, signal }: SqliteOptions): ExportFile {
  return {
    name: 'library.db',
    fill: async (path, count) => {
      const library = openLibrary({ place: path, authToken: undefined });
      try {
        await library.claim(owner);
        await fillLibrary(library, picture, signal);
        if (plays !== undefined) await mirrorPlays(plays, library, { signal });
        await Readable.from(count(toPages(picture.list('SELECT id FROM stored')))).toArray();
      } finally {
        await library.close();
      }
    },
  };
}
