import { toPlaylistUri } from '../model/ids.ts';
import { present } from '../model/omit-absent.ts';
import { toItemAttributes } from '../model/playlist-items.ts';
import type { PlaylistRecord, PlaylistRecords } from '../model/records.ts';
import type { Playlist, PlaylistItem } from '../model/spotify-objects.ts';
import { pageUrl, toAlbumRecords, toArtistRecords, toTrackRecord } from './catalogue-records.ts';
import { decodeEntities } from './decode-entities.ts';
import { mergeSightings } from './merge.ts';

/** What a run adds to the playlist's row. `extractedAt` is ISO 8601, the moment the read began. */
export type Extraction = { readonly extractedAt: string; readonly runId: string };

/** All rows of a playlist, without duplicates. */
export function toPlaylistRecords(playlist: Playlist, extraction: Extraction): PlaylistRecords {
  const tracks = playlist.items.flatMap((item) => (item.kind === 'track' ? [item.track] : []));
  return {
    playlist: toPlaylistRecord(playlist, extraction),
    tracks: mergeSightings(tracks.map(toTrackRecord), (row) => row.track_id),
    albums: mergeSightings(tracks.flatMap(toAlbumRecords), (row) => row.album_id),
    artists: mergeSightings(tracks.flatMap(toArtistRecords), (row) => row.artist_id),
  };
}

function toPlaylistRecord(
  { metadata, items }: Playlist,
  { extractedAt, runId }: Extraction,
): PlaylistRecord {
  return present({
    playlist_id: metadata.id,
    playlist_uri: metadata.uri ?? toPlaylistUri(metadata.id),
    playlist_url: pageUrl('playlist', metadata.id, metadata.external_urls),
    playlist_name: metadata.name,
    playlist_description: metadata.description && decodeEntities(metadata.description),
    playlist_owner_id: metadata.owner?.id,
    playlist_owner_name: metadata.owner?.display_name,
    playlist_public: metadata.public,
    playlist_collaborative: metadata.collaborative,
    playlist_image_url: metadata.images?.[0]?.url,
    playlist_snapshot_id: metadata.snapshot_id,
    playlist_num_items: items.length,
    ...toItemAttributes(items),
    playlist_skipped: {
      episode: countOf('episode', items),
      local: countOf('local', items),
      unavailable: countOf('unavailable', items),
    },
    extracted_at: extractedAt,
    run_id: runId,
  });
}

function countOf(kind: PlaylistItem['kind'], items: readonly PlaylistItem[]): number {
  return items.filter((item) => item.kind === kind).length;
}
