import { present } from '../model/omit-absent.ts';
import type { AlbumRecord, ArtistRecord, TrackRecord } from '../model/records.ts';
import type { Album, Artist, Track } from '../model/spotify-objects.ts';

/** One sighting of a track as its row. */
export function toTrackRecord(track: Track): TrackRecord {
  return present({
    track_id: track.id,
    track_uri: track.uri ?? `spotify:track:${track.id}`,
    track_url: pageUrl('track', track.id, track.external_urls),
    track_name: track.name,
    track_duration: track.duration_ms,
    track_explicit: track.explicit,
    track_isrc: track.external_ids?.isrc,
    track_disc_number: track.disc_number,
    track_number: track.track_number,
    track_popularity: track.popularity,
    track_album: hasId(track.album) ? track.album.id : undefined,
    track_artists: artistIds(track.artists),
  });
}

/** The album of a track as a list; empty if it has no ID. */
export function toAlbumRecords(track: Track): AlbumRecord[] {
  const { album } = track;
  return hasId(album) ? [toAlbumRecord(album)] : [];
}

/** The artists of a track and of its album. */
export function toArtistRecords(track: Track): ArtistRecord[] {
  return toKnownArtists([...(track.album?.artists ?? []), ...(track.artists ?? [])]);
}

/** Those that have an ID. */
export function toKnownArtists(artists: readonly Artist[]): ArtistRecord[] {
  return artists.filter(hasId).map(toArtistRecord);
}

type WithId<T> = T & { readonly id: string };

function hasId<T extends { readonly id?: string | null | undefined }>(
  seen: T | null | undefined,
): seen is WithId<T> {
  return typeof seen?.id === 'string' && seen.id !== '';
}

export function toAlbumRecord(album: WithId<Album>): AlbumRecord {
  return present({
    album_id: album.id,
    album_uri: album.uri ?? `spotify:album:${album.id}`,
    album_url: pageUrl('album', album.id, album.external_urls),
    album_name: album.name,
    album_type: album.album_type,
    album_release_date: album.release_date,
    album_release_date_precision: album.release_date_precision,
    album_num_tracks: album.total_tracks,
    album_image_url: album.images?.[0]?.url,
    album_artists: artistIds(album.artists),
  });
}

export function toArtistRecord(artist: WithId<Artist>): ArtistRecord {
  return present({
    artist_id: artist.id,
    artist_uri: artist.uri ?? `spotify:artist:${artist.id}`,
    artist_url: pageUrl('artist', artist.id, artist.external_urls),
    artist_name: artist.name,
  });
}

/** Artist IDs in Spotify's order, main artist first. Absent without a list. */
function artistIds(artists: readonly Artist[] | null | undefined): string[] | undefined {
  return artists?.filter(hasId).map((artist) => artist.id);
}

/** The page on open.spotify.com: Spotify's link, or one built from the ID. */
export function pageUrl(
  type: 'playlist' | 'track' | 'album' | 'artist',
  id: string,
  externalUrls: Track['external_urls'],
): string {
  return externalUrls?.spotify ?? `https://open.spotify.com/${type}/${id}`;
}
