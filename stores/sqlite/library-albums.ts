import * as z from 'zod/mini';
import type { ListingSink, StoredAlbums } from '../../etl/load/sinks.ts';
import type { AlbumListing, KnownAlbum } from '../../etl/model/albums.ts';
import { albumRecordSchema } from '../../etl/model/records.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { SqlRow } from './database.ts';
import type { CallLimits, Library } from './library.ts';
import { pruneRows } from './prune-rows.ts';
import { columnsOf, toAttributes } from './record-rows.ts';

const idsSchema = z.array(z.string());

/** Which albums artists have, and how long they are, in a library. */
export class LibraryAlbums implements ListingSink, StoredAlbums {
  readonly #library: Library;
  readonly #limits: CallLimits;

  constructor(library: Library, limits: CallLimits = {}) {
    this.#library = library;
    this.#limits = limits;
  }

  async findListings(artistIds: readonly string[], market: string): Promise<AlbumListing[]> {
    const args = { market, artists: JSON.stringify(artistIds) };
    const rows = await this.#select(FIND_LISTINGS, args);
    return rows.map((row) => ({
      artistId: String(row.artist_id),
      market,
      albums: idsSchema.parse(parseJson(String(row.albums))),
      listedAt: String(row.listed_at),
      checkedAt: String(row.checked_at),
    }));
  }

  async putListing({ albums, ...listing }: AlbumListing): Promise<void> {
    await this.#select(PUT_LISTING, { ...listing, albums: JSON.stringify(albums) });
  }

  async listAlbums(artistIds: readonly string[], market: string): Promise<KnownAlbum[]> {
    const args = { market, artists: JSON.stringify(artistIds) };
    return (await this.#select(LIST_ALBUMS, args)).map(toKnownAlbum);
  }

  async findNames(artistIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.#select(FIND_NAMES, { artists: JSON.stringify(artistIds) });
    return new Map(rows.map(({ artist_id: id, name }) => [String(id), String(name)]));
  }

  async listArtistsOf(playlistId: string): Promise<string[]> {
    const rows = await this.#select(ARTISTS_OF_PLAYLIST, { playlist: playlistId });
    return rows.map(({ artist_id }) => String(artist_id));
  }

  async countListed(): Promise<{ readonly listings: number; readonly albums: number }> {
    const [{ albums, listings } = {}] = await this.#select(COUNT_LISTED, {});
    return { listings: Number(listings), albums: Number(albums) };
  }

  /** Takes out all listings and lengths, and what came with them that no list and no play refers to. */
  async purge(): Promise<void> {
    const [found = {}] = await this.#select(FIND_COLLECTED, {});
    const [albums = [], tracks = [], artists = []] = ['albums', 'tracks', 'artists'].map((name) =>
      idsSchema.parse(parseJson(String(found[name]))),
    );
    const uris = tracks.map((id) => `spotify:track:${id}`);
    await this.#library.run(
      [
        { sql: 'DELETE FROM artist_listing' },
        { sql: 'UPDATE album SET album_duration = NULL WHERE album_duration IS NOT NULL' },
        ...pruneRows({ uris, tracks, albums, artists }, { looksIntoVersions: true }),
      ],
      this.#limits,
    );
  }

  close(): Promise<void> {
    return this.#library.close();
  }

  async #select(sql: string, args: Readonly<Record<string, string>>): Promise<SqlRow[]> {
    return (await this.#library.run([{ sql, args }], this.#limits))[0] ?? [];
  }
}

function toKnownAlbum({ artist_id, explicit, track_names, ...row }: SqlRow): KnownAlbum {
  return {
    artistId: String(artist_id),
    album: albumRecordSchema.parse(toAttributes(row)),
    trackNames: idsSchema.parse(parseJson(String(track_names))),
    isExplicit: explicit === 1,
  };
}

const FIND_LISTINGS =
  'SELECT artist_id, albums, listed_at, checked_at FROM artist_listing WHERE market = :market AND artist_id IN (SELECT value FROM json_each(:artists))';

const PUT_LISTING = `INSERT INTO artist_listing (artist_id, market, albums, listed_at, checked_at)
  VALUES (:artistId, :market, :albums, :listedAt, :checkedAt)
  ON CONFLICT (artist_id, market) DO UPDATE SET (albums, listed_at, checked_at) = (excluded.albums, excluded.listed_at, excluded.checked_at)`;

const LIST_ALBUMS = `SELECT listing.artist_id, ${columnsOf('album').join(', ')},
    (SELECT json_group_array(artist_id) FROM (SELECT artist_id FROM album_artist WHERE album_artist.album_id = album.album_id ORDER BY position)) AS album_artists,
    (SELECT json_group_array(track_name) FROM (SELECT track_name FROM track WHERE track_album = album.album_id AND track_name IS NOT NULL ORDER BY track_disc_number, track_number, track_id)) AS track_names,
    (SELECT max(track_explicit) FROM track WHERE track_album = album.album_id) AS explicit
  FROM artist_listing AS listing, json_each(listing.albums) AS listed JOIN album ON album.album_id = listed.value
  WHERE market = :market AND listing.artist_id IN (SELECT value FROM json_each(:artists))
  ORDER BY listing.artist_id, listed.key`;

const FIND_NAMES =
  "SELECT artist_id, artist_name AS name FROM artist WHERE artist_name <> '' AND artist_id IN (SELECT value FROM json_each(:artists))";

const ARTISTS_OF_PLAYLIST = `SELECT artist_id FROM playlist_item
  JOIN item USING (uri) JOIN track_artist ON track_artist.track_id = item.track_id AND track_artist.position = 0
  WHERE playlist_id = :playlist GROUP BY artist_id ORDER BY min(playlist_item.position)`;

const LISTED = 'SELECT DISTINCT value FROM artist_listing, json_each(artist_listing.albums)';

const COUNT_LISTED = `SELECT (SELECT count(*) FROM artist_listing) AS listings, (SELECT count(*) FROM (${LISTED})) AS albums`;

/** With what was measured, and has left its listing since. */
const COLLECTED = `${LISTED} UNION SELECT album_id FROM album WHERE album_duration IS NOT NULL`;

const FIND_COLLECTED = `SELECT
  (SELECT json_group_array(value) FROM (${COLLECTED})) AS albums,
  (SELECT json_group_array(track_id) FROM track WHERE track_album IN (${COLLECTED})) AS tracks,
  (SELECT json_group_array(artist_id) FROM (
    SELECT artist_id FROM artist_listing
    UNION SELECT artist_id FROM album_artist WHERE album_id IN (${COLLECTED})
    UNION SELECT artist_id FROM track_artist JOIN track USING (track_id) WHERE track_album IN (${COLLECTED})
  )) AS artists`;
