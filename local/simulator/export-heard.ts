/** What the simulated user can hear, as Spotify's exports name it. */
import { type Catalogue, type CatalogueEpisode, type CatalogueTrack } from './catalogue-model.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';
import { createTaste, type Song } from './taste.ts';
import { getById } from './wire-shapes.ts';

/** What must not leave the reader of an export. Each is found in the files, and nowhere else. */
export const FORBIDDEN = {
  ipAddress: '192.0.2.77',
  userAgent: 'forbidden-user-agent',
  userName: 'forbidden-user-name',
  deviceModel: 'forbidden-device-model',
  privateName: 'forbidden-private-name',
  /** In the files of the account data that are nobody's business. */
  account: 'forbidden-account-value',
} as const;

type Names = { readonly name: string | null; readonly artist: string | null };

/** What was heard. */
export type Heard =
  | ({ readonly kind: 'track'; readonly uri: string; readonly album: string | null } & Names)
  | ({ readonly kind: 'local'; readonly album: string } & Names)
  | { readonly kind: 'episode'; readonly uri: string; readonly name: string; readonly show: string }
  | {
      readonly kind: 'chapter';
      readonly uri: string;
      readonly name: string;
      readonly book: string;
    };

export type Listen = {
  readonly heard: Heard;
  readonly endedAtMs: number;
  readonly msPlayed: number;
  readonly isWhole: boolean;
  readonly isPrivate: boolean;
  readonly isOnline: boolean;
};

const AUDIOBOOKS_SINCE_MS = Date.UTC(2025, 0, 1);

/** The same recording under another ID, as after a change of the label; only some songs have one. */
export function toTwin(track: CatalogueTrack): CatalogueTrack | undefined {
  if (track.isrc?.endsWith('7') !== true) return undefined;
  return { ...track, id: track.id.slice(11) + track.id.slice(0, 11) };
}

export type Maker = {
  readonly catalogue: Catalogue;
  readonly random: SeededRandom;
  readonly nextSong: () => Song;
  readonly episodes: readonly CatalogueEpisode[];
};

export function createMaker(catalogue: Catalogue, seed: number): Maker {
  const random = createSeededRandom(seed ^ 0xe_4b_07);
  return {
    catalogue,
    random,
    nextSong: createTaste(catalogue, random),
    episodes: [...catalogue.episodes.values()],
  };
}

/** What no poll sees: an episode, a chapter, a local file, a song in a private session. */
export function createOther(
  { episodes, random }: Maker,
  startedAtMs: number,
  longestMs: number,
): Listen {
  const msPlayed = random.integer(30_000, longestMs);
  const endedAtMs = startedAtMs + msPlayed;
  const listen = { endedAtMs, msPlayed, isWhole: false, isPrivate: false, isOnline: true };
  const { id, name, showName } = random.pick(episodes);
  const choice = random.integer(1, 8);
  if (choice <= 2) {
    const names = createPrivateNames(random);
    const uri = `spotify:track:0private${random.base62(14)}`;
    return { ...listen, isPrivate: true, heard: { kind: 'track', uri, ...names } };
  }
  if (choice === 3) {
    const names = {
      name: `Demo ${random.integer(1, 40)}`,
      artist: 'Our Garage Band',
      album: 'Tapes',
    };
    return { ...listen, heard: { kind: 'local', ...names } };
  }
  if (choice === 4 && endedAtMs >= AUDIOBOOKS_SINCE_MS) {
    const chapter = { name: `Chapter ${random.integer(1, 30)}`, book: 'The Long Meadow' };
    return { ...listen, heard: { kind: 'chapter', uri: `spotify:episode:${id}`, ...chapter } };
  }
  return {
    ...listen,
    heard: { kind: 'episode', uri: `spotify:episode:${id}`, name, show: showName },
  };
}

function createPrivateNames(random: SeededRandom) {
  const name = `${FORBIDDEN.privateName} ${random.integer(1, 500)}`;
  return { name, artist: name, album: name };
}

export function toHeard({ catalogue }: Maker, trackId: string, isRelinked: boolean): Heard {
  const track = getById(catalogue.tracks, trackId);
  const album = getById(catalogue.albums, track.albumId);
  const [artistId = ''] = album.artistIds;
  const { id } = (isRelinked ? toTwin(track) : undefined) ?? track;
  return {
    kind: 'track',
    uri: `spotify:track:${id}`,
    name: nullIfEmpty(track.name),
    artist: nullIfEmpty(getById(catalogue.artists, artistId).name),
    album: nullIfEmpty(album.name),
  };
}

/** Nobody knows what a withdrawn song was called. */
function nullIfEmpty(name: string): string | null {
  return name === '' ? null : name;
}
