import type { ListedAlbum } from '../model/spotify-objects.ts';
import { readList } from './paged-list.ts';
import type { AlbumSource } from './sources.ts';

/** More than any artist has, so that reading a wrong list ends. */
const MAX_PAGES = 200;

/**
 * The albums of an artist, complete or not at all: as many as Spotify's total. Undefined if the first page and the total say that
 * they are still the `known` ones.
 *
 * @throws EtlError `SPOTIFY_RESPONSE_INVALID` if the count is not the total; of the source
 */
export function extractArtistAlbums(
  source: AlbumSource,
  artistId: string,
  known?: ReadonlySet<string>,
): Promise<ListedAlbum[] | undefined> {
  return readList<ListedAlbum>({
    source,
    maxPages: MAX_PAGES,
    what: 'artist has %d albums',
    getPage: (offset) => source.getArtistAlbums(artistId, offset),
    isEnough: ({ entries, total }) =>
      known?.size === total && entries.every((album) => album && known.has(album.id)),
  });
}
