import { present } from '../model/omit-absent.ts';
import type { CatalogueRecords } from '../model/records.ts';
import type { Track } from '../model/spotify-objects.ts';
import { toAlbumRecord, toArtistRecords, toTrackRecord } from './catalogue-records.ts';
import { mergeSightings } from './merge.ts';

/** An album with its length, and its tracks. Without a length if Spotify does not say how long each track is. */
export function toMeasuredRecords(albumId: string, tracks: readonly Track[]): CatalogueRecords {
  const rows = tracks.map((track) => toTrackRecord({ ...track, album: { id: albumId } }));
  return {
    artists: mergeSightings(tracks.flatMap(toArtistRecords), (row) => row.artist_id),
    albums: [present({ ...toAlbumRecord({ id: albumId }), album_duration: sumDurations(tracks) })],
    tracks: mergeSightings(rows, (row) => row.track_id),
  };
}

function sumDurations(tracks: readonly Track[]): number | undefined {
  let sum = 0;
  for (const { duration_ms } of tracks) {
    if (duration_ms === null || duration_ms === undefined) return undefined;
    sum += duration_ms;
  }
  return sum;
}
