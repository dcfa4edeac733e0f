import { present } from '../model/omit-absent.ts';
import type { Play, PlayRecord, PlayRecords } from '../model/plays.ts';
import { toAlbumRecords, toArtistRecords, toTrackRecord } from './catalogue-records.ts';
import { toArtistHash, toUriHash } from './imported-rows.ts';
import { mergeSightings } from './merge.ts';

/** All rows of these plays, oldest first, without duplicates: the same song at the same millisecond is one play. */
export function toPlayRecords(plays: readonly Play[]): PlayRecords {
  const inOrder = [...plays].sort((one, other) => one.endedAtMs - other.endedAtMs);
  const tracks = inOrder.map(({ track }) => track);
  return {
    plays: mergeSightings(inOrder.map(toPlayRecord), ({ ended_at, uri }) => `${ended_at}|${uri}`),
    tracks: mergeSightings(tracks.map(toTrackRecord), (row) => row.track_id),
    albums: mergeSightings(tracks.flatMap(toAlbumRecords), (row) => row.album_id),
    artists: mergeSightings(tracks.flatMap(toArtistRecords), (row) => row.artist_id),
  };
}

function toPlayRecord({ contextUri, endedAtMs, track }: Play): PlayRecord {
  const artist = track.artists?.[0]?.name;
  const uri = `spotify:track:${track.id}`;
  return present({
    ended_at: endedAtMs,
    uri,
    uri_hash: toUriHash(uri),
    context_uri: contextUri,
    artist_hash: artist ? toArtistHash(artist) : undefined,
  });
}
