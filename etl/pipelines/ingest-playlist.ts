import { extractPlaylist } from '../extract/extract-playlist.ts';
import type { PlaylistSource } from '../extract/sources.ts';
import { loadPlaylist } from '../load/load-playlist.ts';
import type { CatalogueSink, PlaylistSink } from '../load/sinks.ts';
import type { IngestSummary } from '../model/summaries.ts';
import { toPlaylistRecords } from '../transform/to-playlist-records.ts';
import { type IngestRun, summariseLoaded, summariseUnchanged } from './summarise-ingest.ts';

export type IngestOptions = {
  /** Load the playlist even though its snapshot is the stored one: for rows that were damaged since. */
  readonly isForced?: boolean;
};

export type IngestPorts = {
  readonly source: PlaylistSource;
  readonly sink: CatalogueSink & PlaylistSink;
};

/**
 * Brings one playlist from Spotify into the four tables: opened, compared with what is stored, and only where it changed
 * extracted, transformed and loaded. `isForced` leaves out the comparison.
 *
 * @throws EtlError whatever a stage throws; the playlist's row then stands as it stood before, if not as its error says
 */
export async function ingestPlaylist(
  { source, sink, isForced = false }: IngestPorts & IngestOptions,
  playlistId: string,
  run: IngestRun,
): Promise<IngestSummary> {
  const opening = await source.getPlaylist(playlistId);
  const stored = isForced ? undefined : await sink.findPlaylist(playlistId);
  if (stored?.playlist_snapshot_id === opening.metadata.snapshot_id) {
    return summariseUnchanged(opening.metadata, stored, run);
  }
  const playlist = await extractPlaylist(source, opening);
  const records = toPlaylistRecords(playlist, {
    extractedAt: new Date(playlist.openedAt).toISOString(),
    runId: run.runId,
  });
  const loaded = await loadPlaylist(sink, records, { isRepair: isForced });
  return summariseLoaded(records, loaded, run);
}
