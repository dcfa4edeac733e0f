import { extractAlbumTracks } from '../extract/album-tracks.ts';
import { loadCatalogue } from '../load/catalogue.ts';
import type { AlbumToMeasure } from '../transform/album-plan.ts';
import { toMeasuredRecords } from '../transform/album-tracks.ts';
import type { AlbumPorts } from './artist-albums.ts';

/**
 * Reads all tracks of an album and stores them with its length.
 *
 * @throws EtlError of a stage; the album has no length then
 */
export async function measureAlbum(
  { listings, sink, source }: AlbumPorts,
  { albumId, calls }: AlbumToMeasure,
): Promise<void> {
  const tracks = await extractAlbumTracks(source, albumId, calls);
  const records = toMeasuredRecords(albumId, tracks);
  await listings.putSongs?.(albumId, records.tracks);
  await loadCatalogue(sink, records);
}
