import { extractArtistAlbums } from '../extract/artist-albums.ts';
import type { AlbumSource } from '../extract/sources.ts';
import { loadCatalogue } from '../load/catalogue.ts';
import type { CatalogueSink, ListingSink } from '../load/sinks.ts';
import type { AlbumListing } from '../model/albums.ts';
import { toListedRecords, toListing } from '../transform/artist-albums.ts';

export type AlbumPorts = {
  readonly source: AlbumSource;
  readonly sink: CatalogueSink;
  readonly listings: ListingSink;
};

type Wanted = Pick<AlbumListing, 'artistId' | 'market'> & {
  /** The last listing, if the first page is enough to see that nothing has changed. */
  readonly known?: AlbumListing | undefined;
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
};

/**
 * Lists the albums of an artist: the whole list, or its first page if that shows that it is still the same.
 *
 * @throws EtlError of a stage; the listing has not changed then
 */
export async function listArtistAlbums(
  { listings, sink, source }: AlbumPorts,
  { artistId, known, market, nowMs }: Wanted,
): Promise<AlbumListing> {
  const ids = known && new Set(known.albums);
  const albums = await extractArtistAlbums(source, artistId, ids);
  if (albums !== undefined) await loadCatalogue(sink, toListedRecords(artistId, albums));
  const fresh = toListing({ artistId, market, albums: albums ?? [], nowMs });
  const listing = albums || !known ? fresh : { ...known, checkedAt: fresh.checkedAt };
  await listings.putListing(listing);
  return listing;
}
