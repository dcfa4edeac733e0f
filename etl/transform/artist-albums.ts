import type { AlbumListing } from '../model/albums.ts';
import type { CatalogueRecords } from '../model/records.ts';
import type { ListedAlbum } from '../model/spotify-objects.ts';
import { toAlbumRecord, toArtistRecord, toKnownArtists } from './catalogue-records.ts';
import { mergeSightings } from './merge.ts';

/** The albums of an artist and their artists, without duplicates. An artist without albums has a row too. */
export function toListedRecords(
  artistId: string,
  albums: readonly ListedAlbum[],
): CatalogueRecords {
  const artists = albums.flatMap((album) => toKnownArtists(album.artists ?? []));
  return {
    artists: mergeSightings([toArtistRecord({ id: artistId }), ...artists], (row) => row.artist_id),
    albums: mergeSightings(albums.map(toAlbumRecord), (row) => row.album_id),
    tracks: [],
  };
}

type Listed = Pick<AlbumListing, 'artistId' | 'market'> & {
  readonly albums: readonly ListedAlbum[];
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
};

export function toListing({ albums, nowMs, ...of }: Listed): AlbumListing {
  const at = new Date(nowMs).toISOString();
  const ids = [...new Set(albums.map(({ id }) => id))];
  return { ...of, albums: ids, listedAt: at, checkedAt: at };
}
