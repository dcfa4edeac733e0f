/** The ports of extraction. An adapter implements them; the stage knows nothing else about it. */
import type { EtlError } from '../errors.ts';
import type { ExportFile, NamedSong } from '../model/imports.ts';
import type { ListedPlaylist } from '../model/playlist-listing.ts';
import type { RecentPlays } from '../model/plays.ts';
import type {
  ListedAlbum,
  PlaylistItem,
  PlaylistMetadata,
  Track,
} from '../model/spotify-objects.ts';

/** Consecutive items of a playlist. */
export type ItemPage = {
  readonly items: readonly PlaylistItem[];
  /** The number of all items, according to this page. */
  readonly total: number;
  /** Whether the source says that more follows. */
  readonly hasNext: boolean;
  /** The page size that the source proposes for the next page. */
  readonly nextLimit: number;
  /** How many optional values of its items were invalid and left out. */
  readonly leftOut?: number;
};

/** The result of a playlist's first request. */
export type PlaylistOpening = {
  readonly metadata: PlaylistMetadata;
  /** How many optional values of the metadata were invalid and left out. */
  readonly leftOut?: number;
  /** When the request was sent, in milliseconds since the epoch: the content is not older. */
  readonly openedAt: number;
  /** How long an equal snapshot proves that nothing has changed; where it is absent, always. */
  readonly snapshotGoodForMs?: number;
} & (
  | { readonly firstPage: ItemPage }
  /** The reason if the playlist can be read but not its items. */
  | { readonly firstPage?: undefined; readonly itemsError: EtlError }
);

export type PlaylistSource = {
  /** Metadata and the first page, in one call. */
  getPlaylist(playlistId: string): Promise<PlaylistOpening>;
  /**
   * The pages after the first, in order. Ends when the first page's `total` is reached, or early at an empty page.
   */
  listFurtherPages(playlistId: string, firstPage: ItemPage): AsyncIterable<ItemPage>;
  /** Whether the pages after the first take longer than there is time, although the quota has the calls for them. */
  isTooLong?(firstPage: ItemPage): boolean;
  /** The playlist's version mark alone, in one call. */
  getSnapshotId(playlistId: string): Promise<string>;
};

/** A source that can read a part of a list. */
export type ListSource = PlaylistSource & {
  /** Up to so many items from `offset` on, in one call. */
  getItems(
    playlistId: string,
    range: { readonly offset: number; readonly limit: number },
  ): Promise<ItemPage>;
};

/** Consecutive entries of the list of the user's playlists. */
export type MyPlaylistsPage = {
  /** Undefined for an entry that the source lists as null. */
  readonly entries: readonly (ListedPlaylist | undefined)[];
  /** The number of all entries, according to this page. */
  readonly total: number;
  /** Whether the source says that more follows. */
  readonly hasNext: boolean;
};

/** The lists of the user who is logged in. */
export type MyPlaylistsSource = {
  /** The user's ID, like in a playlist's owner; costs one call if the login does not have it. */
  getUserId(): Promise<string>;
  /** The entries from `offset` on, in one call. */
  getPage(offset: number): Promise<MyPlaylistsPage>;
  /** Called once, after the first page, with the number of further ones: the source can refuse them all in advance. */
  expectPages(count: number): Promise<void>;
};

/** Consecutive entries of a list that has a total. */
export type ListPage<Entry> = {
  /** Undefined for an entry that cannot be read. */
  readonly entries: readonly (Entry | undefined)[];
  /** The number of all entries, according to this page. */
  readonly total: number;
};

/** Albums of artists, and their tracks, as one market has them. */
export type AlbumSource = {
  /** Albums of the artist's own from `offset` on, at most 10, in one call. */
  getArtistAlbums(artistId: string, offset: number): Promise<ListPage<ListedAlbum>>;
  /** Tracks from `offset` on, at most 50, in one call. */
  getAlbumTracks(albumId: string, offset: number): Promise<ListPage<Track>>;
  /** Called with the number of calls that are needed next: the source can refuse them all in advance. */
  expectCalls(count: number): Promise<void>;
};

/** What the user who is logged in has played last. */
export type RecentPlaysSource = Pick<MyPlaylistsSource, 'getUserId'> & {
  /** In one call; the order is the source's. */
  getRecentPlays(): Promise<RecentPlays>;
};

/** A file of an export that has plays, and was not opened yet. */
export type ExportEntry = Pick<ExportFile, 'name' | 'format'> & {
  /** Unpacked, in bytes. */
  readonly size: number;
  /** @throws EtlError `INVALID_REQUEST` with the reason where it cannot be read; others can */
  readonly read: () => Promise<ExportFile>;
};

/** What Spotify has exported of a user's data. */
export type ExportSource = {
  readonly entries: readonly ExportEntry[];
  listSongs(): Promise<NamedSong[]>;
  close(): void;
};
