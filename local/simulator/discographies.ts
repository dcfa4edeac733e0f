/** What artists have released, with everything that makes a listing hard to count. Made when it is first asked for. */
import {
  type Catalogue,
  type CatalogueAlbum,
  type CatalogueArtist,
  type CatalogueTrack,
  type Discographies,
  type ReleasedAlbum,
} from './catalogue-model.ts';
import { createAlbum, createTrack } from './catalogue-music.ts';
import { createAlbumName } from './names.ts';
import { createSeededRandom, type SeededRandom } from './seeded-random.ts';

const LAST_YEAR = 2026;
const HOME = ['US', 'CA', 'GB', 'DE'];

type Music = Pick<Catalogue, 'artists' | 'albums' | 'tracks'>;

/** The choices for an artist depend on the seed and the artist alone. */
export function createDiscographies(
  { albums, artists, tracks }: Music,
  seed: number,
): Discographies {
  const made = new Map<string, ReleasedAlbum[]>();
  const byId = new Map<string, ReleasedAlbum>();
  const note = (released: ReleasedAlbum): void => void byId.set(released.album.id, released);
  let index: Index | undefined;
  const of = (artistId: string): ReleasedAlbum[] | undefined => {
    const artist = artists.get(artistId);
    const known = made.get(artistId);
    if (artist === undefined || known !== undefined) return known;
    const random = createSeededRandom(seed ^ toNumber(artistId));
    index ??= createIndex({ albums, artists, tracks });
    const { albumsOf, tracksOf } = index;
    const older = (albumsOf.get(artistId) ?? []).map(
      (album) =>
        byId.get(album.id) ??
        complete(
          createSeededRandom(seed ^ toNumber(album.id)),
          album,
          tracksOf.get(album.id) ?? [],
        ),
    );
    const released = older.length === 0 ? [] : [...older, ...createReleases(random, artist)];
    released.sort((one, other) => other.album.releaseDate.localeCompare(one.album.releaseDate));
    released.forEach(note);
    made.set(artistId, released);
    return released;
  };
  return {
    of,
    find: (albumId) => {
      // An ID of an earlier start: whose it is, nobody knows before all are made.
      if (!byId.has(albumId)) for (const id of artists.keys()) of(id);
      return byId.get(albumId);
    },
    release: (artistId, { date, name, tracks: count = 10, type = 'album' }) => {
      const random = createSeededRandom(seed ^ toNumber(`${artistId}${name}`));
      const released = createRelease(random, { artistId, name, date, count, type });
      note(released);
      made.set(artistId, [released, ...(of(artistId) ?? [])]);
      return released;
    },
  };
}

type Index = {
  readonly albumsOf: ReadonlyMap<string, readonly CatalogueAlbum[]>;
  readonly tracksOf: ReadonlyMap<string, readonly CatalogueTrack[]>;
};

function createIndex({ albums, tracks }: Music): Index {
  const albumsOf = new Map<string, CatalogueAlbum[]>();
  for (const album of albums.values()) {
    for (const id of album.artistIds) albumsOf.set(id, [...(albumsOf.get(id) ?? []), album]);
  }
  return { albumsOf, tracksOf: Map.groupBy(tracks.values(), ({ albumId }) => albumId) };
}

/** Albums of the catalogue have only those tracks that playlists can hold; the others are made here. */
function complete(
  random: SeededRandom,
  album: CatalogueAlbum,
  known: readonly CatalogueTrack[],
): ReleasedAlbum {
  const more = Array.from({ length: Math.max(0, album.totalTracks - known.length) }, (_, at) =>
    createTrack(random, album, { number: known.length + at + 1, guestIds: [] }),
  );
  return {
    album: { ...album, totalTracks: known.length + more.length },
    tracks: [...known, ...more],
  };
}

/** Studio albums of a career, and what grows around them. */
function createReleases(random: SeededRandom, { id: artistId }: CatalogueArtist): ReleasedAlbum[] {
  const released: ReleasedAlbum[] = [];
  let year = random.integer(1964, 2014);
  for (let count = random.integer(4, 10); count > 0 && year <= LAST_YEAR; count -= 1) {
    const name = createAlbumName(random);
    const date = `${year}-0${random.integer(1, 9)}-1${random.integer(0, 9)}`;
    const isOld = year < 1985 && random.percent(40);
    const original = createRelease(random, {
      artistId,
      name,
      date: isOld ? String(year) : date,
      count: random.integer(8, 15),
      seconds: [150, year < 2000 ? 290 : 260],
    });
    released.push(...createEditions(random, original));
    year += random.integer(1, 4);
  }
  const extras: readonly (readonly [
    percent: number,
    extra: Omit<NewAlbum, 'artistId' | 'date'>,
  ])[] = [
    [50, { name: `Live at the ${createAlbumName(random)} Hall`, count: 18 }],
    [40, { name: 'Greatest Hits', count: 17, type: 'compilation' }],
    [10, { name: 'The River (Original Motion Picture Soundtrack)', count: 22 }],
    [8, { name: 'One Long Evening', count: 1, seconds: [2_400, 3_600] }],
    [3, { name: 'Sounds for Every Day', count: 300 }],
    [3, { name: '', count: 9 }],
  ];
  for (const [percent, extra] of extras) {
    const date = `${Math.min(year, LAST_YEAR)}-03-0${random.integer(1, 9)}`;
    if (random.percent(percent)) released.push(createRelease(random, { artistId, date, ...extra }));
  }
  return released;
}

/** The album, and at times a deluxe edition, a remaster, copies for other countries or a clean twin. */
function createEditions(random: SeededRandom, original: ReleasedAlbum): ReleasedAlbum[] {
  const { name, releaseDate: date } = original.album;
  const year = Number(date.slice(0, 4));
  const again = (changes: Edition): ReleasedAlbum => reissue(random, original, changes);
  const remaster = again({ name: `${name} - 2011 Remaster`, date: '2011-09-06' });
  if (year < 2000 && random.percent(12)) return [remaster];
  return [
    ...(random.percent(20)
      ? [
          { ...original, markets: HOME },
          { ...again({ name, date, bonus: 1 }), markets: ['JP'] },
        ]
      : [original]),
    ...(random.percent(35) ? [again({ name: `${name} (Deluxe Edition)`, date, bonus: 4 })] : []),
    ...(year < 2000 && random.percent(40) ? [remaster] : []),
    ...(year > 2000 && random.percent(10) ? [again({ name, date, isExplicit: false })] : []),
  ];
}

type Edition = {
  readonly name: string;
  readonly date: string;
  readonly bonus?: number;
  readonly isExplicit?: boolean;
};

/** The same songs under new IDs, as Spotify has them. */
function reissue(
  random: SeededRandom,
  { album: { artistIds }, tracks }: ReleasedAlbum,
  { bonus = 0, date, isExplicit, name }: Edition,
): ReleasedAlbum {
  const artistId = artistIds[0] ?? '';
  const copy = createRelease(random, { artistId, name, date, count: tracks.length + bonus });
  return {
    album: copy.album,
    tracks: copy.tracks.map((track, at) => ({
      ...track,
      ...(tracks[at] && { name: tracks[at].name, durationMs: tracks[at].durationMs }),
      ...(isExplicit === undefined ? {} : { isExplicit }),
    })),
  };
}

type NewAlbum = {
  readonly artistId: string;
  readonly name: string;
  readonly date: string;
  readonly count: number;
  readonly type?: CatalogueAlbum['type'];
  /** The shortest and the longest track. */
  readonly seconds?: readonly [number, number];
};

function createRelease(
  random: SeededRandom,
  { artistId, count, date, name, seconds: [least, most] = [150, 270], type = 'album' }: NewAlbum,
): ReleasedAlbum {
  const album: CatalogueAlbum = {
    ...createAlbum(random, [artistId]),
    name,
    type,
    releaseDate: date,
    releaseDatePrecision: date.length === 4 ? 'year' : 'day',
    totalTracks: count,
  };
  const tracks = Array.from({ length: count }, (_, at) => ({
    ...createTrack(random, album, { number: at + 1, guestIds: [] }),
    durationMs: random.integer(least * 1_000, most * 1_000),
  }));
  return { album, tracks };
}

function toNumber(text: string): number {
  return Array.from(text).reduce((hash, each) => Math.imul(hash, 31) + each.charCodeAt(0), 7);
}
