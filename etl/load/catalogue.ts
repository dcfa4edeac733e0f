import { EtlError } from '../errors.ts';
import { CATALOGUE_TABLES, type CatalogueRecords } from '../model/records.ts';
import type { CatalogueRow, CatalogueSink } from './sinks.ts';
import { planWrites, type WritePlan } from './write-plan.ts';

/** What was written, and the progress for an error of what comes after. */
export type CatalogueLoad = WritePlan & {
  readonly progress: Readonly<Record<'rows_written' | 'rows_to_write', number>>;
};

/**
 * Loads artists, then albums, then tracks: new rows completely, changed rows by the attributes that differ, equal rows not at
 * all. Each table is complete before the next begins. `rowsAfter` is how many rows the caller writes then.
 *
 * @throws EtlError `LOAD_INCOMPLETE`, `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, with the progress as facts
 */
export async function loadCatalogue(
  sink: CatalogueSink,
  records: CatalogueRecords,
  { rowsAfter = 0 }: { readonly rowsAfter?: number } = {},
): Promise<CatalogueLoad> {
  const wanted = toRows(records);
  const plan = planWrites(wanted, await sink.findRows(wanted));
  const progress = {
    rows_written: 0,
    rows_to_write: plan.inserts.length + plan.changes.length + rowsAfter,
  };
  try {
    for (const table of CATALOGUE_TABLES) {
      const inserts = plan.inserts.filter((row) => row.table === table);
      await sink.putRows(inserts);
      progress.rows_written += inserts.length;
      const changes = plan.changes.filter((row) => row.table === table);
      await sink.updateRows(changes);
      progress.rows_written += changes.length;
    }
  } catch (error) {
    // The progress, without rows of the failed step.
    if (error instanceof EtlError) error.addFacts(progress);
    throw error;
  }
  return { ...plan, progress };
}

function toRows({ artists, albums, tracks }: CatalogueRecords): CatalogueRow[] {
  return [
    ...artists.map((row) => ({ table: 'artist', key: row.artist_id, attributes: row }) as const),
    ...albums.map((row) => ({ table: 'album', key: row.album_id, attributes: row }) as const),
    ...tracks.map((row) => ({ table: 'track', key: row.track_id, attributes: row }) as const),
  ];
}
