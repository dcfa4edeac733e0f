/**
 * Spotify's objects, with only the fields that this project uses. Fields that some kinds of app do not get are optional; unknown
 * fields pass. The shapes follow the Web API reference of 2026.
 */
import * as z from 'zod/mini';
import { optional, optionalMember } from '../../lib/optional-values.ts';
import { SPOTIFY_ID_PATTERN } from './ids.ts';

/** Spotify's texts are shorter, and a row with twelve such texts still fits into a table. */
const MAX_TEXT_LENGTH = 8_192;

/** Spotify's lists are shorter, and a row with as many IDs still fits into a table. */
const MAX_LIST_LENGTH = 1_000;

/** A list without invalid members. */
const optionalList = <Schema extends z.ZodMiniType>(schema: Schema) =>
  z.optional(
    z.pipe(
      optional(z.array(optionalMember(schema)).check(z.maxLength(MAX_LIST_LENGTH))),
      z.transform((list) => list?.filter((each) => each !== undefined) ?? null),
    ),
  );

const optionalText = optional(z.string().check(z.maxLength(MAX_TEXT_LENGTH)));
/** Safe integers: larger ones are not exact. */
const optionalCount = optional(z.int().check(z.gte(0)));
const spotifyId = z.string().check(z.regex(SPOTIFY_ID_PATTERN));
const optionalId = optional(spotifyId);

const externalUrlsSchema = optional(z.object({ spotify: optionalText }));
const imagesSchema = optionalList(
  z.object({ url: z.string().check(z.maxLength(MAX_TEXT_LENGTH)) }),
);

/** Simplified artist object. `id` is null on a local file. */
const artistSchema = z.object({
  id: optionalId,
  name: optionalText,
  uri: optionalText,
  external_urls: externalUrlsSchema,
});

/** Simplified album object. `id` is null on a local file. */
const albumSchema = z.object({
  id: optionalId,
  name: optionalText,
  uri: optionalText,
  external_urls: externalUrlsSchema,
  album_type: optionalText,
  release_date: optionalText,
  release_date_precision: optionalText,
  total_tracks: optionalCount,
  images: imagesSchema,
  artists: optionalList(artistSchema),
});

/** An album as an artist's list has it. */
export const listedAlbumSchema = z.extend(albumSchema, { id: spotifyId });

/** Track object with an ID: one that can be stored. */
export const trackSchema = z.object({
  id: spotifyId,
  name: optionalText,
  uri: optionalText,
  external_urls: externalUrlsSchema,
  duration_ms: optionalCount,
  explicit: optional(z.boolean()),
  external_ids: optional(z.object({ isrc: optionalText })),
  disc_number: optionalCount,
  track_number: optionalCount,
  popularity: optionalCount,
  album: optional(albumSchema),
  artists: optionalList(artistSchema),
});

/** Spotify's time, in seconds since the epoch. */
const optionalTime = optional(
  z.pipe(
    z.pipe(
      z.iso.datetime({ offset: true }),
      z.transform((text) => Math.floor(Date.parse(text) / 1000)),
    ),
    z.int().check(z.gte(0)),
  ),
);

/** What a playlist's entry says besides its content. */
export const entrySchema = z.object({
  added_at: optionalTime,
  added_by: optional(z.object({ id: optionalText })),
});

/** What is kept of an entry's content that is not a track. */
export const otherContentSchema = z.object({ uri: optionalText, name: optionalText });

/** A playlist without its items. */
export const playlistMetadataSchema = z.object({
  id: spotifyId,
  uri: optionalText,
  external_urls: externalUrlsSchema,
  name: optionalText,
  description: optionalText,
  owner: optional(z.object({ id: optionalText, display_name: optionalText })),
  public: optional(z.boolean()),
  collaborative: optional(z.boolean()),
  images: imagesSchema,
  snapshot_id: z.string().check(z.minLength(1), z.maxLength(MAX_TEXT_LENGTH)),
});

export type Artist = z.infer<typeof artistSchema>;
export type Album = z.infer<typeof albumSchema>;
export type ListedAlbum = z.infer<typeof listedAlbumSchema>;
export type Track = z.infer<typeof trackSchema>;
export type PlaylistMetadata = z.infer<typeof playlistMetadataSchema>;

type Added = {
  /** Seconds since the epoch. */
  readonly addedAt?: number | undefined;
  /** The ID of the user who added it. */
  readonly addedBy?: string | undefined;
};

/**
 * One entry of a playlist. Only tracks have rows of their own; an episode, a local file and an unavailable entry (Spotify
 * sends null, or nothing with an ID) hold a place in the list and are counted.
 */
export type PlaylistItem = Added &
  (
    | { readonly kind: 'track'; readonly track: Track }
    | {
        readonly kind: 'episode' | 'local' | 'unavailable';
        readonly uri?: string | null | undefined;
        readonly name?: string | null | undefined;
      }
  );

/** A complete playlist: all `items` in order, at `snapshot_id`. */
export type Playlist = {
  readonly metadata: PlaylistMetadata;
  readonly items: readonly PlaylistItem[];
};
