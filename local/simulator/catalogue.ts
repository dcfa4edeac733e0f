import { toWireTime } from './catalogue-items.ts';
import { createLikes } from './catalogue-likes.ts';
import {
  type Catalogue,
  type CatalogueItem,
  type CataloguePlaylist,
  type CatalogueTrack,
} from './catalogue-model.ts';
import { createAlbum, createId, createMusic, createTrack } from './catalogue-music.ts';
import { createPlaylists, createSnapshotId, readRevision } from './catalogue-playlists.ts';
import { createDiscographies } from './discographies.ts';
import { createSeededRandom } from './seeded-random.ts';

export {
  type Catalogue,
  type CatalogueAlbum,
  type CatalogueItem,
  type CataloguePlaylist,
  type CatalogueTrack,
  type PlaylistAccess,
} from './catalogue-model.ts';

const USER = {
  id: '31simulated7listener0nobody',
  accountId: '5imUlAtEdAcc0Unt0000001',
  displayName: 'Sim Listener',
  imageUrl: null,
};
const ALBUM_SIZE = 10;
const LIKES = 120;
/** Likes come from a stream of their own: how many there are changes nothing else. */
const LIKES_SEED = 0x11_4e_d5;

/** Catalogues made before, never changed: making one takes a tenth of a second, a copy nothing. */
const MADE = new Map<number, Made>();

type Made = Omit<Catalogue, 'discographies' | 'playlistOfSize'>;

/**
 * The whole content of a simulated Spotify; the same seed gives the same catalogue. Each is its owner's to change. `likes` is how
 * many Liked Songs the user has.
 */
export function createCatalogue(seed: number, likes = LIKES): Catalogue {
  const made = MADE.get(seed) ?? makeCatalogue(seed);
  MADE.set(seed, made);
  const playlists = new Map(made.playlists);
  return {
    ...made,
    playlists,
    tracks: new Map(made.tracks),
    albums: new Map(made.albums),
    artists: new Map(made.artists),
    episodes: new Map(made.episodes),
    liked: {
      items: createLikes(createSeededRandom(seed ^ LIKES_SEED), [...made.tracks.keys()], likes),
    },
    discographies: createDiscographies(made, seed),
    playlistOfSize: (size) => findPlaylistOfSize(playlists, size),
    // Another stream than the one it was made from, or later tracks would get the IDs of the first.
    random: createSeededRandom(~seed),
  };
}

function makeCatalogue(seed: number): Made {
  const random = createSeededRandom(seed);
  const music = createMusic(random);
  const { playlists, showcase } = createPlaylists({ random, music, user: USER });
  return {
    user: USER,
    playlists: byId(playlists),
    tracks: byId([...music.tracks, ...music.ghostTracks]),
    albums: byId(music.albums),
    artists: byId(music.artists),
    episodes: byId(music.episodes),
    liked: { items: [] },
    showcase,
    random,
  };
}

/** Adds tracks of new albums, found in no other playlist, to the end of a playlist. */
export function appendTracks(
  catalogue: Catalogue,
  playlistId: string,
  { count, addedAtMs }: { readonly count: number; readonly addedAtMs: number },
): CataloguePlaylist {
  const playlist = getPlaylist(catalogue, playlistId);
  const added = {
    addedAt: toWireTime(addedAtMs),
    addedBy: catalogue.user.id,
  };
  const fresh = createFreshTracks(catalogue, count).map(
    ({ id }): CatalogueItem => ({ kind: 'track', trackId: id, ...added }),
  );
  return changeItems(catalogue, playlist, [...playlist.items, ...fresh]);
}

/** Takes the first item out of a playlist; all others move up by one place. */
export function removeFirstItem(catalogue: Catalogue, playlistId: string): CataloguePlaylist {
  const playlist = getPlaylist(catalogue, playlistId);
  return changeItems(catalogue, playlist, playlist.items.slice(1));
}

/** The playlist as it is now; throws where there is none of this ID. */
export function getPlaylist(catalogue: Catalogue, playlistId: string): CataloguePlaylist {
  const playlist = catalogue.playlists.get(playlistId);
  if (playlist === undefined) {
    throw new Error(`No playlist ${playlistId} in the catalogue: take an id from its playlists.`);
  }
  return playlist;
}

/** The playlist with these items instead, under a new snapshot. */
export function changeItems(
  catalogue: Catalogue,
  playlist: CataloguePlaylist,
  items: readonly CatalogueItem[],
): CataloguePlaylist {
  const revision = readRevision(playlist.snapshotId) + 1;
  const changed = { ...playlist, items, snapshotId: createSnapshotId(catalogue.random, revision) };
  catalogue.playlists.set(playlist.id, changed);
  return changed;
}

/** Adds a public playlist of the user. */
export function addPlaylist(
  catalogue: Catalogue,
  wanted: Pick<CataloguePlaylist, 'name' | 'items'> & Partial<CataloguePlaylist>,
): CataloguePlaylist {
  const { random, user } = catalogue;
  const playlist: CataloguePlaylist = {
    id: createId(random),
    description: null,
    ownerId: user.id,
    ownerName: user.displayName,
    isPublic: true,
    isCollaborative: false,
    imageUrl: null,
    snapshotId: createSnapshotId(random, 1),
    access: 'own',
    ...wanted,
  };
  catalogue.playlists.set(playlist.id, playlist);
  return playlist;
}

/** Tracks of new albums, found in no playlist. */
export function createFreshTracks(catalogue: Catalogue, count: number): CatalogueTrack[] {
  const { random } = catalogue;
  const artistIds = [...catalogue.artists.keys()];
  const tracks: CatalogueTrack[] = [];
  while (tracks.length < count) {
    const size = Math.min(ALBUM_SIZE, count - tracks.length);
    const album = { ...createAlbum(random, [random.pick(artistIds)]), totalTracks: size };
    catalogue.albums.set(album.id, album);
    for (let number = 1; number <= size; number += 1) {
      const track = createTrack(random, album, { number, guestIds: [] });
      catalogue.tracks.set(track.id, track);
      tracks.push(track);
    }
  }
  return tracks;
}

function findPlaylistOfSize(
  playlists: ReadonlyMap<string, CataloguePlaylist>,
  size: number,
): CataloguePlaylist {
  for (const playlist of playlists.values()) {
    if (playlist.access === 'own' && playlist.items.length === size) return playlist;
  }
  throw new Error(
    `No playlist of the user has ${size} items: ask for 0, 1, 49, 50, 51, 100, 101, 1000, 3500 or 10000.`,
  );
}

function byId<T extends { readonly id: string }>(values: readonly T[]): Map<string, T> {
  return new Map(values.map((value) => [value.id, value]));
}
