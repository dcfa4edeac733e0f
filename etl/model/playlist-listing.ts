/** The list of the user's playlists: each one's relation to the user, and whether its present version is stored. Wire names. */
import * as z from 'zod/mini';
import { playlistRecordSchema } from './records.ts';
import { playlistMetadataSchema } from './spotify-objects.ts';

const totalSchema = z.catch(z.nullish(z.object({ total: z.nullish(z.int()) })), undefined);

/** A playlist in a list, without its items; their number has a name of either dialect. */
export const listedPlaylistSchema = z.pipe(
  z.extend(
    z.pick(playlistMetadataSchema, { name: true, owner: true, collaborative: true, id: true }),
    {
      snapshot_id: z.catch(z.nullish(z.string()), undefined),
      items: totalSchema,
      tracks: totalSchema,
    },
  ),
  z.transform(({ items, tracks, ...playlist }) => ({
    ...playlist,
    total: items?.total ?? tracks?.total ?? undefined,
  })),
);
export type ListedPlaylist = z.infer<typeof listedPlaylistSchema>;

/** The attributes of a stored playlist that show whether it is current. */
export const storedVersionSchema = z.extend(
  z.pick(playlistRecordSchema, {
    playlist_id: true,
    playlist_snapshot_id: true,
    playlist_num_items: true,
    extracted_at: true,
  }),
  /** The first of them, or none. */
  { playlist_tracks: z.catch(z.array(z.string()), []) },
);
export type StoredVersion = z.infer<typeof storedVersionSchema>;

/** A playlist's relation to the user. */
export type Relation = 'owned' | 'collaborative' | 'followed' | 'spotify-made';

/**
 * `new`: not stored. `changed`: an older version is stored. `unchanged`: the present version is stored. `unknown`: the tables
 * could not be read, and the caller accepts that.
 */
export type PlaylistState = 'new' | 'changed' | 'unchanged' | 'unknown';

export type PlaylistEntry = {
  readonly playlist_id: string;
  readonly playlist_uri: string;
  readonly playlist_name: string;
  readonly owner_id?: string;
  readonly owner_name?: string;
  readonly relation: Relation;
  /** Whether an app of 2026 can read its items: if the user owns it or collaborates. Older apps can read others too. */
  readonly readable: boolean;
  /** Spotify's total. */
  readonly items?: number;
  readonly snapshot_id?: string;
  readonly state: PlaylistState;
  /** When the stored rows were read from Spotify, ISO 8601. */
  readonly extracted_at?: string;
};

/** The number of playlists by relation and by state. */
export type ListingCounts = Readonly<
  Record<Exclude<Relation, 'spotify-made'> | 'spotify_made' | PlaylistState, number>
> & {
  readonly readable: number;
  /** Entries that Spotify lists as null. */
  readonly empty: number;
};

/** The result of one listing. */
export type PlaylistListing = {
  /** In the user's order. */
  readonly playlists: readonly PlaylistEntry[];
  /** Spotify's count of the list. */
  readonly total: number;
  /** Whether the whole list was read: Spotify says that it ends here, and its count was reached. */
  readonly complete: boolean;
  readonly counts: ListingCounts;
};

const listedStateSchema = z.object({
  playlist_id: z.string(),
  playlist_name: z.string(),
  state: z.string(),
  items: z.optional(z.number()),
  extracted_at: z.optional(z.string()),
});
export type ListedState = z.infer<typeof listedStateSchema>;

/** The part of the answer of `GET /playlists` that callers read. Members and states can be added. */
export const listingReplySchema = z.object({
  run_id: z.optional(z.string()),
  warnings: z.catch(z.optional(z.array(z.string())), undefined),
  playlists: z.array(listedStateSchema),
});
