/**
 * Records: the stored rows of the four tables. Attribute names are a published contract. A value that Spotify did not send is
 * absent, never null. The field order is the column order of every export.
 */
import * as z from 'zod/mini';

const text = z.optional(z.string());
const count = z.optional(z.int());
const flag = z.optional(z.boolean());
const ids = z.optional(z.array(z.string()));

/** Stands in lists of numbers for a value that Spotify did not send. */
export const UNKNOWN = -1;
/** The last that has a date. */
const LAST_SECOND = 8.64e12;

const otherSchema = z.object({
  /** Counted from 0. */
  position: z.number(),
  kind: z.enum(['episode', 'local', 'unavailable']),
  uri: text,
  name: text,
});

const skippedSchema = z.object({
  episode: z.int(),
  local: z.int(),
  unavailable: z.int(),
});

export const playlistRecordSchema = z.object({
  playlist_id: z.string(),
  playlist_uri: z.string(),
  playlist_url: z.string(),
  playlist_name: text,
  playlist_description: text,
  playlist_owner_id: text,
  playlist_owner_name: text,
  playlist_public: flag,
  playlist_collaborative: flag,
  playlist_image_url: text,
  playlist_snapshot_id: z.string(),
  /** Spotify's total: tracks, episodes, local files and unavailable entries alike. */
  playlist_num_items: z.int(),
  /** Track IDs in playlist order, repeats kept. */
  playlist_tracks: z.array(z.string()),
  /** What is not a track, in playlist order. The tracks fill the other positions. */
  playlist_others: z.array(otherSchema),
  /** When each item was added, in seconds since the epoch; one for every position, `UNKNOWN` where Spotify does not say. */
  playlist_added_at: z.array(z.int().check(z.maximum(LAST_SECOND))),
  /** Who added each item, as an index of `playlist_contributors`; one for every position, `UNKNOWN` where Spotify does not say. */
  playlist_added_by: z.array(z.int()),
  /** User IDs, each once. */
  playlist_contributors: z.array(z.string()),
  /** Entries that have no row of their own, by kind. */
  playlist_skipped: skippedSchema,
  /** ISO 8601, the moment the read began. */
  extracted_at: z.string(),
  run_id: z.string(),
});

/** What of a stored playlist decides whether there is anything to do. */
export const storedPlaylistSchema = z.pick(playlistRecordSchema, {
  playlist_snapshot_id: true,
  playlist_num_items: true,
  playlist_skipped: true,
  extracted_at: true,
});

export const trackRecordSchema = z.object({
  track_id: z.string(),
  track_uri: z.string(),
  track_url: z.string(),
  track_name: text,
  /** Milliseconds. */
  track_duration: count,
  track_explicit: flag,
  track_isrc: text,
  track_disc_number: count,
  track_number: count,
  track_popularity: count,
  /** Album ID. */
  track_album: text,
  /** Artist IDs, main artist first. */
  track_artists: ids,
});

export const albumRecordSchema = z.object({
  album_id: z.string(),
  album_uri: z.string(),
  album_url: z.string(),
  album_name: text,
  album_type: text,
  /** As precise as `album_release_date_precision` says: `1981`, `1981-12`, `1981-12-15`; `0000` where unknown. */
  album_release_date: text,
  album_release_date_precision: text,
  album_num_tracks: count,
  /** Milliseconds; only if all tracks were read, and as many as `album_num_tracks` says now. */
  album_duration: count,
  album_image_url: text,
  /** Artist IDs, main artist first. */
  album_artists: ids,
});

export const artistRecordSchema = z.object({
  artist_id: z.string(),
  artist_uri: z.string(),
  artist_url: z.string(),
  artist_name: text,
});

export type PlaylistRecord = z.infer<typeof playlistRecordSchema>;
export type StoredPlaylist = z.infer<typeof storedPlaylistSchema>;
export type TrackRecord = z.infer<typeof trackRecordSchema>;
export type AlbumRecord = z.infer<typeof albumRecordSchema>;
export type ArtistRecord = z.infer<typeof artistRecordSchema>;

/** The catalogue tables. */
export const CATALOGUE_TABLES = ['artist', 'album', 'track'] as const;
export type CatalogueTable = (typeof CATALOGUE_TABLES)[number];
export type Table = CatalogueTable | 'playlist';

/** Partition key of each table. */
export const TABLE_KEYS = {
  playlist: 'playlist_id',
  track: 'track_id',
  album: 'album_id',
  artist: 'artist_id',
} as const satisfies Record<Table, string>;

/** What plays and playlists refer to. */
export type CatalogueRecords = {
  readonly tracks: readonly TrackRecord[];
  readonly albums: readonly AlbumRecord[];
  readonly artists: readonly ArtistRecord[];
};

/** All rows of one playlist: its own and those it refers to, without duplicates. */
export type PlaylistRecords = CatalogueRecords & { readonly playlist: PlaylistRecord };
