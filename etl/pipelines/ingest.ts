import { extractPlaylist } from '../extract/playlist.ts';
import type { PlaylistSource } from '../extract/sources.ts';
import { loadPlaylist } from '../load/playlist.ts';
import type { CatalogueSink, PlaylistSink } from '../load/sinks.ts';
import type { IngestSummary } from '../model/summaries.ts';
import { toPlaylistRecords } from '../transform/playlist-records.ts';
import { summariseLoaded, summariseUnchanged } from './ingest-summary.ts';

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
 * @throws EtlError whatever a stage throws; unless it says otherwise, the playlist's row is then what it was before
 */
export async function ingestPlaylist(
  { source, sink, isForced = false }: IngestPorts & IngestOptions,
  playlistId: string,
  runId: string,
): Promise<IngestSummary> {
  const opening = await source.getPlaylist(playlistId);
  const stored = isForced ? undefined : await sink.findPlaylist(playlistId);
  if (stored?.playlist_snapshot_id === opening.metadata.snapshot_id) {
    return summariseUnchanged(opening.metadata, stored);
  }
  const playlist = await extractPlaylist(source, opening);
  const records = toPlaylistRecords(playlist, {
    extractedAt: new Date(playlist.openedAt).toISOString(),
    runId,
  });
  const loaded = await loadPlaylist(sink, records, { isRepair: isForced });
  return summariseLoaded(records, loaded);
}
