/**
 * Spotify's objects as this project reads them: only the fields it uses. Fields that some kinds of app do not get are
 * optional; unknown fields pass. The shapes follow the Web API reference of 2026.
 */
import * as z from 'zod/mini';

const optionalText = z.nullish(z.string());
const optionalCount = z.nullish(z.number());

const externalUrlsSchema = z.nullish(z.object({ spotify: optionalText }));
const imagesSchema = z.nullish(z.array(z.object({ url: z.string() })));

/** Simplified artist object. `id` is null on a local file. */
const artistSchema = z.object({
  id: optionalText,
  name: optionalText,
  uri: optionalText,
  external_urls: externalUrlsSchema,
});

/** Simplified album object. `id` is null on a local file. */
const albumSchema = z.object({
  id: optionalText,
  name: optionalText,
  uri: optionalText,
  external_urls: externalUrlsSchema,
  album_type: optionalText,
  release_date: optionalText,
  release_date_precision: optionalText,
  total_tracks: optionalCount,
  images: imagesSchema,
  artists: z.nullish(z.array(artistSchema)),
});

/** Track object with an ID: one that can be stored. */
export const trackSchema = z.object({
  id: z.string().check(z.minLength(1)),
  name: optionalText,
  uri: optionalText,
  external_urls: externalUrlsSchema,
  duration_ms: optionalCount,
  explicit: z.nullish(z.boolean()),
  external_ids: z.nullish(z.object({ isrc: optionalText })),
  disc_number: optionalCount,
  track_number: optionalCount,
  popularity: optionalCount,
  album: z.nullish(albumSchema),
  artists: z.nullish(z.array(artistSchema)),
});

/** A playlist without its items. */
export const playlistMetadataSchema = z.object({
  id: z.string().check(z.minLength(1)),
  uri: optionalText,
  external_urls: externalUrlsSchema,
  name: optionalText,
  description: optionalText,
  owner: z.nullish(z.object({ id: optionalText, display_name: optionalText })),
  public: z.nullish(z.boolean()),
  collaborative: z.nullish(z.boolean()),
  images: imagesSchema,
  snapshot_id: z.string().check(z.minLength(1)),
});

export type Artist = z.infer<typeof artistSchema>;
export type Album = z.infer<typeof albumSchema>;
export type Track = z.infer<typeof trackSchema>;
export type PlaylistMetadata = z.infer<typeof playlistMetadataSchema>;

/**
 * One entry of a playlist. Only tracks have rows of their own; an episode, a local file and an unavailable entry (Spotify
 * sends null, or nothing with an ID) hold a place in the list and are counted.
 */
export type PlaylistItem =
  | { readonly kind: 'track'; readonly track: Track }
  | { readonly kind: 'episode' }
  | { readonly kind: 'local' }
  | { readonly kind: 'unavailable' };

/** A playlist read to its end: `items` are all of it, in order, as they were at `snapshot_id`. */
export type Playlist = {
  readonly metadata: PlaylistMetadata;
  readonly items: readonly PlaylistItem[];
};
