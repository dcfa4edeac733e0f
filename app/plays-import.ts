/** Spotify's exports into a library. Calls nobody. */
import {
  type ImportOptions,
  type ImportReport,
  importPlays,
} from '../etl/pipelines/plays-import.ts';
import { openExports } from '../spotify/exports/export-source.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { LibraryImports } from '../stores/sqlite/library-imports.ts';

export type { ImportReport } from '../etl/pipelines/plays-import.ts';

export type ImportFiles = ImportOptions & {
  /** Zips, folders and files. */
  readonly places: readonly string[];
  /** Called before the first file with the bytes of all. */
  readonly onStart?: (bytes: number) => void;
};

/**
 * @throws UsageError for a place without an export
 * @throws EtlError as `importPlays`
 */
export async function importInto(
  library: Library,
  { onStart, places, ...options }: ImportFiles,
): Promise<ImportReport> {
  const source = await openExports(places);
  try {
    onStart?.(source.entries.reduce((sum, { size }) => sum + size, 0));
    return await importPlays({ source, sink: new LibraryImports(library) }, options);
  } finally {
    source.close();
  }
}
