/** The user's playlists as they are listed: what each is to the user, and whether it is stored as it is now. Wire names. */
import * as z from 'zod/mini';
import { playlistRecordSchema } from './records.ts';
import { playlistMetadataSchema } from './spotify-objects.ts';

const totalSchema = z.catch(z.nullish(z.object({ total: z.nullish(z.int()) })), undefined);

/** A playlist as a list of them shows it. Its items are left out; their number is under either dialect's name. */
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

/** The attributes of a stored playlist that show whether it is the one Spotify has now. */
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

/** What a playlist is to the user. */
export type Relation = 'owned' | 'collaborative' | 'followed' | 'spotify-made';

/**
 * `new`: not stored. `changed`: stored as it was. `unchanged`: stored as it is. `unknown`: the tables
 * could not be read, and the caller can do without them.
 */
export type PlaylistState = 'new' | 'changed' | 'unchanged' | 'unknown';

export type PlaylistEntry = {
  readonly playlist_id: string;
  readonly playlist_uri: string;
  readonly playlist_name: string;
  readonly owner_id?: string;
  readonly owner_name?: string;
  readonly relation: Relation;
  /** Whether an app of 2026 may read its items: where the user owns it or collaborates. Older apps may read others too. */
  readonly readable: boolean;
  /** Spotify's total. */
  readonly items?: number;
  readonly snapshot_id?: string;
  readonly state: PlaylistState;
  /** When the stored rows were read from Spotify, ISO 8601. */
  readonly extracted_at?: string;
};

/** Playlists by what they are to the user and by state. */
export type ListingCounts = Readonly<
  Record<Exclude<Relation, 'spotify-made'> | 'spotify_made' | PlaylistState, number>
> & {
  readonly readable: number;
  /** Entries that Spotify lists and keeps to itself. */
  readonly empty: number;
};

/** What one listing found. */
export type PlaylistListing = {
  /** In the user's order. */
  readonly playlists: readonly PlaylistEntry[];
  /** How many entries the user's list has, as Spotify says. */
  readonly total: number;
  /** Whether the list was read to its end. */
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

/** What callers of `GET /playlists` read of its answer. It can gain members and states. */
export const listingReplySchema = z.object({
  run_id: z.optional(z.string()),
  warnings: z.catch(z.optional(z.array(z.string())), undefined),
  playlists: z.array(listedStateSchema),
});
