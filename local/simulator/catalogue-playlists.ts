import { createItems, type ItemsWanted, type Oddities } from './catalogue-items.ts';
import {
  type CataloguePlaylist,
  type CatalogueUser,
  type PlaylistAccess,
} from './catalogue-model.ts';
import { createId, createImageUrl, type Music } from './catalogue-music.ts';
import { createPersonName, createPlaylistName, ODD_NAMES } from './names.ts';
import { type SeededRandom } from './seeded-random.ts';

/** Sizes at the edges of pages, and Spotify's own extremes. */
const EXACT_SIZES = [0, 1, 49, 50, 51, 100, 101, 1000, 3500, 10_000];
const SHOWCASE: readonly (readonly [name: string, size: number, description: string])[] = [
  ['Road Trip', 57, 'Windows down, volume up.'],
  ['Sunday Pancakes', 24, 'Slow songs for a slow morning.'],
  ['Late Shift', 120, 'For the hours after midnight.'],
  ['Summer by the Lake', 88, 'Every summer since 2016.'],
  ['Grandpa’s Records', 246, 'What stood on his shelf, as far as it can be found.'],
];
const MORE_OWN = 230;
const COLLABORATIVE = 20;
const FOREIGN = 30;
const FOREIGN_PRIVATE = 10;
const SPOTIFY_MADE = ['37i9dQZEVXc', '37i9dQZEVXb', '37i9dQZF1DX', '37i9dQZF1E3', '37i9dQZF1EQ'];

export type Sources = {
  readonly random: SeededRandom;
  readonly music: Music;
  readonly user: CatalogueUser;
};

/** More than 300 playlists of every access kind, those of exact size first. */
export function createPlaylists(sources: Sources): {
  playlists: CataloguePlaylist[];
  showcase: string[];
} {
  const showcase = SHOWCASE.map(([name, size, description]) => ({
    ...createPlaylist(sources, { access: 'own', size, oddities: size > 50 ? 'all' : 'none', name }),
    description,
    isPublic: true,
  }));
  const exact = EXACT_SIZES.map((size, index) => ({
    ...createPlaylist(sources, { access: 'own', size, oddities: 'all', name: `Exactly ${size}` }),
    isPublic: index % 2 === 0,
  }));
  const playlists = [...showcase, ...exact, ...createMoreOwn(sources), ...createOthers(sources)];
  return { playlists, showcase: showcase.map(({ id }) => id) };
}

function createMoreOwn(sources: Sources): CataloguePlaylist[] {
  const odd = ODD_NAMES.map((name) =>
    createPlaylist(sources, {
      access: 'own',
      size: sources.random.integer(5, 60),
      oddities: 'all',
      name,
    }),
  );
  const noTracks = createPlaylist(sources, {
    access: 'own',
    size: 12,
    oddities: 'no-tracks',
    name: 'Nothing to Keep',
  });
  const plain = Array.from({ length: MORE_OWN - odd.length }, () =>
    createPlaylist(sources, { access: 'own', ...randomSize(sources.random) }),
  );
  return [...odd, noTracks, ...plain];
}

function createOthers(sources: Sources): CataloguePlaylist[] {
  const many = (count: number, access: PlaylistAccess): CataloguePlaylist[] =>
    Array.from({ length: count }, () =>
      createPlaylist(sources, { access, ...randomSize(sources.random) }),
    );
  return [
    ...many(COLLABORATIVE, 'collaborative'),
    ...many(FOREIGN, 'foreign'),
    ...many(FOREIGN_PRIVATE, 'foreign-private'),
    ...many(SPOTIFY_MADE.length, 'spotify-made').map((playlist, index) => ({
      ...playlist,
      id: `${SPOTIFY_MADE[index] ?? '37i9dQZF1DX'}${playlist.id.slice(11)}`,
    })),
  ];
}

function randomSize(random: SeededRandom): { size: number; oddities: Oddities } {
  const size = random.percent(5) ? random.integer(150, 400) : random.integer(2, 90);
  return { size, oddities: random.percent(40) ? 'all' : 'none' };
}

type PlaylistWanted = Pick<ItemsWanted, 'size' | 'oddities'> & {
  readonly access: PlaylistAccess;
  readonly name?: string;
};

function createPlaylist(sources: Sources, wanted: PlaylistWanted): CataloguePlaylist {
  const { random, music, user } = sources;
  const owner = createOwner(random, user, wanted.access);
  const addedBy = wanted.access === 'collaborative' ? [owner.ownerId, user.id] : [owner.ownerId];
  return {
    id: createId(random),
    name: wanted.name ?? createPlaylistName(random),
    description: random.pick([
      null,
      '',
      'Songs for later.',
      'Ünïcode &amp; entities: &#x27;ok&#x27; ✓',
    ]),
    ...owner,
    isPublic: createIsPublic(random, wanted.access),
    isCollaborative: wanted.access === 'collaborative',
    imageUrl: wanted.size === 0 || random.percent(10) ? null : createImageUrl(random),
    snapshotId: createSnapshotId(random, wanted.size),
    items: createItems(random, music, { size: wanted.size, oddities: wanted.oddities, addedBy }),
    access: wanted.access,
  };
}

function createOwner(
  random: SeededRandom,
  user: CatalogueUser,
  access: PlaylistAccess,
): Pick<CataloguePlaylist, 'ownerId' | 'ownerName'> {
  if (access === 'own') return { ownerId: user.id, ownerName: user.displayName };
  if (access === 'spotify-made') return { ownerId: 'spotify', ownerName: 'Spotify' };
  return {
    ownerId: random.base62(25).toLowerCase(),
    ownerName: random.percent(15) ? null : createPersonName(random),
  };
}

function createIsPublic(random: SeededRandom, access: PlaylistAccess): boolean | null {
  if (access === 'foreign' || access === 'spotify-made') return true;
  if (access === 'foreign-private') return false;
  if (access === 'collaborative') return random.pick([false, null]);
  return random.pick([true, true, false, null]);
}

/** Spotify: `snapshot_id`, 24 bytes in base 64, the first four counting the playlist's revisions. */
export function createSnapshotId(random: SeededRandom, revision: number): string {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32BE(revision);
  for (let offset = 4; offset < 24; offset += 4) {
    bytes.writeUInt32BE(random.integer(0, 0xff_ff_ff_ff), offset);
  }
  return bytes.toString('base64');
}

/** How often the playlist had changed when this snapshot was taken. */
export function readRevision(snapshotId: string): number {
  return Buffer.from(snapshotId, 'base64').readUInt32BE();
}
