import { type SeededRandom } from './seeded-random.ts';

export type CatalogueUser = {
  readonly id: string;
  readonly accountId: string;
  readonly displayName: string;
  readonly imageUrl: string | null;
};

/** A ghost artist, album or track (taken down, still listed) has an empty name. */
export type CatalogueArtist = { readonly id: string; readonly name: string };

export type CatalogueAlbum = {
  readonly id: string;
  readonly name: string;
  readonly type: 'album' | 'single' | 'compilation';
  /** `1981`, `1981-12`, `1981-12-15`, or `0000` where nobody knows. */
  readonly releaseDate: string;
  readonly releaseDatePrecision: 'year' | 'month' | 'day';
  readonly totalTracks: number;
  /** The largest image; null is served as an empty list. */
  readonly imageUrl: string | null;
  readonly artistIds: readonly string[];
};

export type CatalogueTrack = {
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  readonly isExplicit: boolean;
  readonly isrc: string | null;
  readonly discNumber: number;
  readonly trackNumber: number;
  /** 0 to 100; served to app kinds A and B only. */
  readonly popularity: number;
  readonly albumId: string;
  readonly artistIds: readonly string[];
};

export type ReleasedAlbum = {
  readonly album: CatalogueAlbum;
  readonly tracks: readonly CatalogueTrack[];
  /** Where it is offered; everywhere if left out. */
  readonly markets?: readonly string[];
};

export type Discographies = {
  /** Newest first; empty for an artist without albums, undefined for an unknown one. */
  readonly of: (artistId: string) => readonly ReleasedAlbum[] | undefined;
  readonly find: (albumId: string) => ReleasedAlbum | undefined;
  /** A new album of this artist, with so many tracks. */
  readonly release: (artistId: string, wanted: Release) => ReleasedAlbum;
};

export type Release = {
  readonly name: string;
  readonly date: string;
  readonly tracks?: number;
  readonly type?: CatalogueAlbum['type'];
};

export type CatalogueEpisode = {
  readonly id: string;
  readonly name: string;
  readonly durationMs: number;
  readonly isExplicit: boolean;
  readonly releaseDate: string;
  readonly imageUrl: string;
  readonly showId: string;
  readonly showName: string;
};

type Added = { readonly addedAt: string | null; readonly addedBy: string | null };

/** One entry of a playlist, in the owner's order. */
export type CatalogueItem =
  | (Added & { readonly kind: 'track'; readonly trackId: string })
  | (Added & { readonly kind: 'episode'; readonly episodeId: string })
  | (Added & {
      readonly kind: 'local';
      readonly name: string;
      readonly artistName: string;
      readonly albumName: string;
      readonly durationMs: number;
    })
  | (Added & { readonly kind: 'unavailable' });

/** A track the user likes. */
export type CatalogueLike = { readonly trackId: string; readonly addedAt: string };

/** What the user of this catalogue is to a playlist; it decides who may read it. */
export type PlaylistAccess =
  | 'own'
  | 'collaborative'
  | 'foreign'
  | 'foreign-private'
  | 'spotify-made';

export type CataloguePlaylist = {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly ownerId: string;
  readonly ownerName: string | null;
  readonly isPublic: boolean | null;
  readonly isCollaborative: boolean;
  readonly imageUrl: string | null;
  readonly snapshotId: string;
  readonly items: readonly CatalogueItem[];
  readonly access: PlaylistAccess;
};

/**
 * Everything our simulated Spotify knows. Values never change; a changed playlist is a new value in its map, and changed likes are
 * a new list.
 */
export type Catalogue = {
  readonly user: CatalogueUser;
  readonly playlists: Map<string, CataloguePlaylist>;
  readonly tracks: Map<string, CatalogueTrack>;
  readonly albums: Map<string, CatalogueAlbum>;
  readonly artists: Map<string, CatalogueArtist>;
  readonly episodes: Map<string, CatalogueEpisode>;
  /** The user's Liked Songs, newest first. */
  readonly liked: { items: readonly CatalogueLike[] };
  /** What each artist has released. Its albums and tracks are not in the maps above, unless a playlist holds them. */
  readonly discographies: Discographies;
  /** A few friendly playlists of the user, for demonstrations. */
  readonly showcase: readonly string[];
  /** A playlist of the user with exactly this many items; throws where there is none. */
  readonly playlistOfSize: (size: number) => CataloguePlaylist;
  /** Where later changes take their choices from. */
  readonly random: SeededRandom;
};
