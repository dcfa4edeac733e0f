import { EtlError } from '../errors.ts';
import type { PlaylistRecords } from '../model/records.ts';
import type { LoadSummary } from '../model/summaries.ts';
import { type CatalogueLoad, loadCatalogue } from './catalogue.ts';
import type { CatalogueSink, PlaylistSink } from './sinks.ts';

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
  const loaded = await loadCatalogue(sink, records, { rowsAfter: 1 });
  try {
    await sink.putPlaylist(records.playlist, options);
  } catch (error) {
    if (error instanceof EtlError) error.addFacts(loaded.progress);
    throw error;
  }
  return toLoadSummary(loaded);
}

function toLoadSummary({ inserts, changes, unchanged }: CatalogueLoad): LoadSummary {
  const written = { playlist: 1, track: 0, album: 0, artist: 0 };
  for (const { table } of [...inserts, ...changes]) written[table] += 1;
  return { written, unchanged };
}
