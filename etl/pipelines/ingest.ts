import { extractPlaylist } from '../extract/playlist.ts';
import type { PlaylistOpening, PlaylistSource } from '../extract/sources.ts';
import { loadPlaylist } from '../load/playlist.ts';
import { areStored, referencesOf } from '../load/sample.ts';
import type { CatalogueSink, PlaylistSink } from '../load/sinks.ts';
import type { StoredPlaylist } from '../model/records.ts';
import type { IngestSummary } from '../model/summaries.ts';
import { toTrackRecord } from '../transform/catalogue-records.ts';
import { toPlaylistRecords } from '../transform/playlist-records.ts';
import { summariseLoaded, summariseUnchanged } from './ingest-summary.ts';

export type IngestOptions = {
  /** Loads the playlist even if it is unchanged, to repair its rows. */
  readonly isForced?: boolean;
};

/** For lists that take longer than the source has time for: `defer` answers instead of a load. */
export type Deferring<Deferred> = {
  readonly defer?: ((opening: PlaylistOpening) => Promise<Deferred>) | undefined;
};

export type IngestPorts = {
  readonly source: PlaylistSource;
  readonly sink: CatalogueSink & PlaylistSink;
};

/**
 * Loads one playlist from Spotify into the four tables: opens it, compares it with the stored version, and extracts, transforms
 * and loads it only if it has changed or its rows are gone. `isForced` skips the comparison.
 *
 * @throws EtlError of a stage; unless it says otherwise, the playlist's row has not changed
 */
export async function ingestPlaylist<Deferred = never>(
  { defer, source, sink, isForced = false }: IngestPorts & IngestOptions & Deferring<Deferred>,
  playlistId: string,
  runId: string,
): Promise<IngestSummary | Deferred> {
  const opening = await source.getPlaylist(playlistId);
  const stored = isForced ? undefined : await sink.findPlaylist(opening.metadata.id);
  if (stored && isOfSnapshot(stored, opening) && (await isSampleStored(sink, opening))) {
    return summariseUnchanged(opening.metadata, stored);
  }
  const { firstPage } = opening;
  if (defer && firstPage && source.isTooLong?.(firstPage)) return await defer(opening);
  const playlist = await extractPlaylist(source, opening);
  const records = toPlaylistRecords(playlist, {
    extractedAt: new Date(playlist.openedAt).toISOString(),
    runId,
  });
  const loaded = await loadPlaylist(sink, records, { isRepair: isForced });
  return summariseLoaded(records, loaded, playlist.leftOut);
}

function isOfSnapshot(stored: StoredPlaylist, opening: PlaylistOpening): boolean {
  const { metadata, openedAt, snapshotGoodForMs } = opening;
  if (stored.playlist_snapshot_id !== metadata.snapshot_id) return false;
  if (snapshotGoodForMs === undefined) return true;
  // A date yet to come, from a clock that was wrong, proves nothing either.
  return Math.abs(openedAt - Date.parse(stored.extracted_at)) < snapshotGoodForMs;
}

/**
 * Whether one track of the first page, its album and its main artist are stored. It takes the last one, because on most lists
 * that is the newest.
 */
async function isSampleStored(sink: CatalogueSink, opening: PlaylistOpening): Promise<boolean> {
  const items = opening.firstPage?.items ?? [];
  const tracks = items.flatMap((item) =>
    item.kind === 'track' ? [toTrackRecord(item.track)] : [],
  );
  const sample = tracks.findLast((track) => referencesOf(track).length === 2) ?? tracks.at(-1);
  if (sample === undefined) return true;
  return await areStored(sink, [{ table: 'track', key: sample.track_id }, ...referencesOf(sample)]);
}
