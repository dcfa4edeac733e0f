import { EtlError } from '../errors.ts';
import { CATALOGUE_TABLES, type PlaylistRecords } from '../model/records.ts';
import type { LoadSummary } from '../model/summaries.ts';
import type { CatalogueRow, CatalogueSink, PlaylistSink } from './sinks.ts';
import { planWrites, type WritePlan } from './write-plan.ts';

/**
 * Loads all rows of a playlist: new rows completely, changed rows by the attributes that differ, equal rows not at all. Artists
 * come first, then albums, tracks and the playlist; each table is complete before the next begins. So no row ever refers to a
 * missing one. `isRepair` is for a playlist's row that may be malformed.
 *
 * @throws EtlError `PLAYLIST_TOO_LARGE` before any write; `NEWER_RUN_WON` if a newer read is stored
 * @throws EtlError `LOAD_INCOMPLETE`, `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`; the playlist's row is then not written, unless
 * the answer to its own write was lost
 */
export async function loadPlaylist(
  sink: CatalogueSink & PlaylistSink,
  records: PlaylistRecords,
  options?: { readonly isRepair: boolean },
): Promise<LoadSummary> {
  sink.assertFits?.(records.playlist);
  const wanted = toRows(records);
  const plan = planWrites(wanted, await sink.findRows(wanted));
  const progress = {
    rows_written: 0,
    rows_to_write: plan.inserts.length + plan.changes.length + 1,
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
    await sink.putPlaylist(records.playlist, options);
  } catch (error) {
    // The progress, without rows of the failed step.
    if (error instanceof EtlError) error.addFacts(progress);
    throw error;
  }
  return toLoadSummary(plan);
}

function toRows({ artists, albums, tracks }: PlaylistRecords): CatalogueRow[] {
  return [
    ...artists.map((row) => ({ table: 'artist', key: row.artist_id, attributes: row }) as const),
    ...albums.map((row) => ({ table: 'album', key: row.album_id, attributes: row }) as const),
    ...tracks.map((row) => ({ table: 'track', key: row.track_id, attributes: row }) as const),
  ];
}

function toLoadSummary({ inserts, changes, unchanged }: WritePlan): LoadSummary {
  const written = { playlist: 1, track: 0, album: 0, artist: 0 };
  for (const { table } of [...inserts, ...changes]) written[table] += 1;
  return { written, unchanged };
}
