import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { ListingSink, StoredAlbums } from '../../etl/load/sinks.ts';
import type { AlbumListing, KnownAlbum } from '../../etl/model/albums.ts';
import { type AlbumRecord, albumRecordSchema, type TrackRecord } from '../../etl/model/records.ts';
import { runAll } from './batches.ts';
import { Documents } from './documents.ts';
import type { RunLimits } from './one-call.ts';
import { RecordRepository } from './record-repository.ts';
import type { TableNames } from './requests.ts';

const listingSchema = z.object({
  albums: z.array(z.string()),
  listedAt: z.string(),
  checkedAt: z.string(),
});
const songsSchema = z.object({ trackNames: z.array(z.string()), isExplicit: z.boolean() });
type Songs = z.infer<typeof songsSchema>;

const READS_IN_FLIGHT = 8;
const toListingId = (market: string, artistId: string): string =>
  `album-listing#${market}#${artistId}`;
const toSongsId = (albumId: string): string => `album-songs#${albumId}`;

export type AlbumTables = { readonly tables: TableNames; readonly stateTable: string };

/**
 * Which albums artists have, and how long they are, in the tables of a stage. Listings are rows of the state table, and so are the
 * songs of an album, since no table can be asked for the tracks of one.
 */
export class TableAlbums implements ListingSink, StoredAlbums {
  readonly #documents: Documents;
  readonly #rows: RecordRepository;

  constructor(
    client: DynamoDBDocumentClient,
    { stateTable: tableName, tables }: AlbumTables,
    limits: RunLimits,
  ) {
    this.#documents = new Documents(client, { tableName, limits });
    this.#rows = new RecordRepository(client, tables, limits);
  }

  async findListings(artistIds: readonly string[], market: string): Promise<AlbumListing[]> {
    const found = await runAll(artistIds, READS_IN_FLIGHT, async (artistId) => {
      const listing = await this.#documents.find(toListingId(market, artistId), listingSchema);
      return listing && { artistId, market, ...listing };
    });
    return found.filter((listing) => listing !== undefined);
  }

  async putListing({ artistId, market, ...listing }: AlbumListing): Promise<void> {
    await this.#documents.put(toListingId(market, artistId), listing);
  }

  async putSongs(albumId: string, tracks: readonly TrackRecord[]): Promise<void> {
    const songs: Songs = {
      trackNames: tracks.flatMap(({ track_name: name }) => name ?? []),
      isExplicit: tracks.some(({ track_explicit: isExplicit }) => isExplicit === true),
    };
    await this.#documents.put(toSongsId(albumId), songs);
  }

  async listAlbums(artistIds: readonly string[], market: string): Promise<KnownAlbum[]> {
    const listings = await this.findListings(artistIds, market);
    const ids = [...new Set(listings.flatMap(({ albums }) => albums))];
    const rows = await this.#rows.findRows(ids.map((key) => ({ table: 'album', key })));
    const albums = await runAll(rows, READS_IN_FLIGHT, ({ attributes }) =>
      this.#findAlbum(albumRecordSchema.parse(attributes)),
    );
    const byId = new Map(albums.map((known) => [known.album.album_id, known]));
    return listings.flatMap(({ albums: listed, artistId }) =>
      listed.flatMap((id) => {
        const known = byId.get(id);
        return known ? [{ artistId, ...known }] : [];
      }),
    );
  }

  async findNames(artistIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.#rows.findRows(artistIds.map((key) => ({ table: 'artist', key })));
    return new Map(
      rows.flatMap(({ attributes: { artist_name: name }, key }) =>
        typeof name === 'string' && name !== '' ? [[key, name]] : [],
      ),
    );
  }

  /** An album whose songs are lost, as with an earlier state table, is measured again. */
  async #findAlbum(album: AlbumRecord): Promise<Omit<KnownAlbum, 'artistId'>> {
    const { album_duration: length, ...unmeasured } = album;
    const songs =
      length === undefined
        ? undefined
        : await this.#documents.find(toSongsId(album.album_id), songsSchema);
    return songs ? { album, ...songs } : { album: unmeasured, trackNames: [], isExplicit: false };
  }
}
