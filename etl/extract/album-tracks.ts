import type { Track } from '../model/spotify-objects.ts';
import { readList } from './paged-list.ts';
import type { AlbumSource } from './sources.ts';

/** A box of 10,000 tracks. */
const MAX_PAGES = 200;

/**
 * The tracks of an album, complete or not at all: as many as Spotify's total.
 *
 * @throws EtlError `SPOTIFY_RESPONSE_INVALID` if the count is not the total; of the source, before the first call if it refuses
 * the `expectedCalls`
 */
export async function extractAlbumTracks(
  source: AlbumSource,
  albumId: string,
  expectedCalls: number,
): Promise<Track[]> {
  const tracks = await readList<Track>({
    source,
    expectedCalls,
    maxPages: MAX_PAGES,
    what: 'album has %d tracks',
    getPage: (offset) => source.getAlbumTracks(albumId, offset),
  });
  return tracks ?? [];
}
