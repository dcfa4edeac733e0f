/** Detects a table that was emptied or restored from a backup, with a few reads. */
import type { TrackRecord } from '../model/records.ts';
import type { CatalogueSink, RowKey } from './sinks.ts';

/** The album and the main artist of a track's row, if it has them. */
export function referencesOf({
  track_album: album,
  track_artists: artists = [],
}: Pick<TrackRecord, 'track_album' | 'track_artists'>): RowKey[] {
  const albums = album === undefined ? [] : [album];
  return [
    ...albums.map((key) => ({ table: 'album', key }) as const),
    ...artists.slice(0, 1).map((key) => ({ table: 'artist', key }) as const),
  ];
}

export async function areStored(
  sink: Pick<CatalogueSink, 'findRows'>,
  keys: readonly RowKey[],
): Promise<boolean> {
  return keys.length === 0 || (await sink.findRows(keys)).length === keys.length;
}
