/** Where extraction reads from. An adapter implements these ports; the stage knows nothing else of it. */
import type { EtlError } from '../errors.ts';
import type { ListedPlaylist } from '../model/playlist-listing.ts';
import type { PlaylistItem, PlaylistMetadata } from '../model/spotify-objects.ts';

/** A stretch of a playlist's items, in order. */
export type ItemPage = {
  readonly items: readonly PlaylistItem[];
  /** What the playlist holds in all, as this page says. */
  readonly total: number;
  /** Whether the source says that more follows. */
  readonly hasNext: boolean;
  /** How many items the source offers for the page after this one. */
  readonly nextLimit: number;
  /** How many optional values of its items did not fit and were left out. */
  readonly leftOut?: number;
};

/** A playlist as its first request shows it. */
export type PlaylistOpening = {
  readonly metadata: PlaylistMetadata;
  /** How many optional values of the metadata did not fit and were left out. */
  readonly leftOut?: number;
  /** When the request that showed it so went out, in milliseconds since the epoch: what it shows is no older. */
  readonly openedAt: number;
  /** How long an equal snapshot proves that nothing has changed; where it is absent, always. */
  readonly snapshotGoodForMs?: number;
} & (
  | { readonly firstPage: ItemPage }
  /** The playlist may be seen but not its items; the source knows why. */
  | { readonly firstPage?: undefined; readonly itemsError: EtlError }
);

export type PlaylistSource = {
  /** Metadata and the first page, in one call. */
  getPlaylist(playlistId: string): Promise<PlaylistOpening>;
  /**
   * The pages after the first, in order. Ends when the first page's `total` is reached, or early at an empty page.
   */
  listFurtherPages(playlistId: string, firstPage: ItemPage): AsyncIterable<ItemPage>;
  /** The playlist's version mark alone, in one call. */
  getSnapshotId(playlistId: string): Promise<string>;
};

/** A stretch of the list of the user's playlists, in order. */
export type MyPlaylistsPage = {
  /** Undefined where the source lists something and keeps it to itself. */
  readonly entries: readonly (ListedPlaylist | undefined)[];
  /** What the list holds in all, as this page says. */
  readonly total: number;
  /** Whether the source says that more follows. */
  readonly hasNext: boolean;
};

/** The lists of the user on whose behalf calls are made. */
export type MyPlaylistsSource = {
  /** The user's ID as playlists name their owner; in one call where the login does not tell it. */
  getUserId(): Promise<string>;
  /** The entries from `offset` on, in one call. */
  getPage(offset: number): Promise<MyPlaylistsPage>;
  /**
   * Told once, after the first page, how many further ones will be asked for: the source may refuse them all before the first.
   */
  expectPages(count: number): Promise<void>;
};
