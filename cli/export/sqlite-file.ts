import { Readable } from 'node:stream';
import { type Library, openLibrary } from '../../app/library.ts';
import type { Picture } from '../../app/picture.ts';
import { copyPicture } from '../../app/pull.ts';
import { toPages } from '../../lib/pages.ts';
import type { ExportFile } from './files.ts';

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
        await copyPicture(library, picture, { plays, signal });
        // Only to count them.
        const pages = count(toPages(picture.list('SELECT id FROM stored')));
        await Readable.from(pages).forEach(() => undefined);
      } finally {
        await library.close();
      }
    },
  };
}
