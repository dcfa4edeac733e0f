import {
  type CatalogueAlbum,
  type CatalogueArtist,
  type CatalogueEpisode,
  type CatalogueTrack,
} from './catalogue-model.ts';
import {
  createAlbumName,
  createArtistName,
  createEpisodeName,
  createShowName,
  createTrackName,
} from './names.ts';
import { type SeededRandom } from './seeded-random.ts';

const ARTISTS = 1200;
const ALBUMS = 3600;
const GHOSTS = 6;
const SHOWS = 20;
const EPISODES = 120;

export type Music = {
  readonly artists: readonly CatalogueArtist[];
  readonly albums: readonly CatalogueAlbum[];
  readonly tracks: readonly CatalogueTrack[];
  readonly ghostTracks: readonly CatalogueTrack[];
  readonly episodes: readonly CatalogueEpisode[];
};

/** A new Spotify ID; those that look Spotify-made (`37i9…`) are kept for playlists that are. */
export function createId(random: SeededRandom): string {
  const id = random.base62(22);
  return id.startsWith('37i9') ? createId(random) : id;
}

/** Spotify: address of an image 640 pixels wide; the mark in it names the width. */
export function createImageUrl(random: SeededRandom): string {
  return `https://i.scdn.co/image/ab67616d0000b273${random.base62(24).toLowerCase()}`;
}

/** Artists, albums, tracks and episodes that know each other; about 13,000 tracks. */
export function createMusic(random: SeededRandom): Music {
  const artists = Array.from({ length: ARTISTS }, (_, index) => ({
    id: createId(random),
    name: index < GHOSTS ? '' : createArtistName(random),
  }));
  const ghostArtists = artists.slice(0, GHOSTS);
  const albums: CatalogueAlbum[] = [];
  const tracks: CatalogueTrack[] = [];
  for (let index = 0; index < ALBUMS; index += 1) {
    const album = createAlbum(random, [
      random.pick(artists).id,
      ...createGuests(random, artists, 8),
    ]);
    albums.push(album);
    tracks.push(...createTracks(random, album, artists));
  }
  const ghosts = ghostArtists.map((artist) => createGhost(random, artist));
  return {
    artists,
    albums: [...albums, ...ghosts.map((ghost) => ghost.album)],
    tracks,
    ghostTracks: ghosts.map((ghost) => ghost.track),
    episodes: createEpisodes(random),
  };
}

/** The facts of one album; it has no tracks yet. */
export function createAlbum(random: SeededRandom, artistIds: readonly string[]): CatalogueAlbum {
  const type = random.pick(['album', 'album', 'album', 'single', 'single', 'compilation'] as const);
  return {
    id: createId(random),
    name: createAlbumName(random),
    type,
    ...createReleaseDate(random),
    totalTracks: type === 'single' ? random.integer(1, 3) : random.integer(6, 24),
    imageUrl: random.percent(3) ? null : createImageUrl(random),
    artistIds: [...new Set(artistIds)],
  };
}

/** The facts of one track at a given place of its album. */
export function createTrack(
  random: SeededRandom,
  album: CatalogueAlbum,
  place: { readonly number: number; readonly guestIds: readonly string[] },
): CatalogueTrack {
  const secondDisc = album.totalTracks > 16 && place.number > 10;
  return {
    id: createId(random),
    name: createTrackName(random),
    durationMs: random.percent(1)
      ? random.integer(900_000, 5_400_000)
      : random.integer(95_000, 420_000),
    isExplicit: random.percent(14),
    isrc: random.percent(3) ? null : createIsrc(random),
    discNumber: secondDisc ? 2 : 1,
    trackNumber: secondDisc ? place.number - 10 : place.number,
    popularity: random.percent(10) ? 0 : random.integer(1, 97),
    albumId: album.id,
    artistIds: [...new Set([...album.artistIds, ...place.guestIds])],
  };
}

function createTracks(
  random: SeededRandom,
  album: CatalogueAlbum,
  artists: readonly CatalogueArtist[],
): CatalogueTrack[] {
  const count = Math.min(album.totalTracks, random.integer(1, 6));
  return Array.from({ length: count }, (_, index) =>
    createTrack(random, album, { number: index + 1, guestIds: createGuests(random, artists, 18) }),
  );
}

function createGuests(
  random: SeededRandom,
  artists: readonly CatalogueArtist[],
  percent: number,
): string[] {
  if (!random.percent(percent)) return [];
  return Array.from({ length: random.integer(1, 3) }, () => random.pick(artists).id);
}

function createGhost(
  random: SeededRandom,
  artist: CatalogueArtist,
): { album: CatalogueAlbum; track: CatalogueTrack } {
  const album: CatalogueAlbum = {
    ...createAlbum(random, [artist.id]),
    name: '',
    releaseDate: '0000',
    releaseDatePrecision: 'year',
    imageUrl: null,
  };
  const track = createTrack(random, album, { number: 1, guestIds: [] });
  return { album, track: { ...track, name: '', durationMs: 0, isrc: null, popularity: 0 } };
}

function createReleaseDate(
  random: SeededRandom,
): Pick<CatalogueAlbum, 'releaseDate' | 'releaseDatePrecision'> {
  const year = String(random.integer(1958, 2026));
  const month = String(random.integer(1, 12)).padStart(2, '0');
  const day = String(random.integer(1, 28)).padStart(2, '0');
  const choice = random.integer(1, 100);
  if (choice <= 1) return { releaseDate: '0000', releaseDatePrecision: 'year' };
  if (choice <= 10) return { releaseDate: year, releaseDatePrecision: 'year' };
  if (choice <= 15) return { releaseDate: `${year}-${month}`, releaseDatePrecision: 'month' };
  return { releaseDate: `${year}-${month}-${day}`, releaseDatePrecision: 'day' };
}

/** `ZZ` is no country: these codes can never be a real recording's. */
function createIsrc(random: SeededRandom): string {
  const year = String(random.integer(0, 99)).padStart(2, '0');
  return `ZZ${random.base62(3).toUpperCase()}${year}${String(random.integer(0, 99_999)).padStart(5, '0')}`;
}

function createEpisodes(random: SeededRandom): CatalogueEpisode[] {
  const shows = Array.from({ length: SHOWS }, () => ({
    showId: createId(random),
    showName: createShowName(random),
  }));
  return Array.from({ length: EPISODES }, () => ({
    id: createId(random),
    name: createEpisodeName(random),
    durationMs: random.integer(600_000, 7_200_000),
    isExplicit: random.percent(20),
    releaseDate: `20${random.integer(15, 25)}-0${random.integer(1, 9)}-1${random.integer(0, 9)}`,
    imageUrl: createImageUrl(random),
    ...random.pick(shows),
  }));
}
