import { type Catalogue } from './catalogue-model.ts';
import { type SeededRandom } from './seeded-random.ts';

/** A track as somebody chose it. */
export type Song = {
  readonly trackId: string;
  readonly durationMs: number;
  /** Spotify URI of what it was chosen from. */
  readonly context: string | null;
};

/** Something to play from; its first tracks are the favourites. */
type Source = { readonly context: string | null; readonly trackIds: readonly string[] };

const LONGEST_STAY = 12;
const FINENESS = 1_000_000;
/** The higher, the more the first of a list are preferred: of 13,000 tracks the first is every 45th choice. */
const PREFERENCE = 2.5;

/**
 * What one listener plays next, time after time: some songs in a row from an album, an artist, a playlist, the Liked Songs or a
 * search. A few are favourites by far, some are played twice in a row, and now and then one has been withdrawn since.
 */
export function createTaste(catalogue: Catalogue, random: SeededRandom): () => Song {
  const nextSource = createSources(catalogue, random);
  const ghosts = [...catalogue.tracks.values()].flatMap(({ id, name }) =>
    name === '' ? [id] : [],
  );
  let source: Source = { context: null, trackIds: [] };
  let left = 0;
  let last: string | undefined;
  const choose = (): string =>
    random.percent(0.5) ? random.pick(ghosts) : pick(source.trackIds, random);
  return () => {
    if (left === 0) {
      source = nextSource();
      left = random.integer(1, LONGEST_STAY);
    }
    left -= 1;
    if (last === undefined || !random.percent(4)) last = choose();
    const { durationMs = 0 } = catalogue.tracks.get(last) ?? {};
    return { trackId: last, durationMs, context: source.context };
  };
}

function createSources(catalogue: Catalogue, random: SeededRandom): () => Source {
  // Groups stand in the order of their best track.
  const tracks = shuffle([...catalogue.tracks.values()], random);
  const everything = { context: null, trackIds: tracks.map(({ id }) => id) };
  const albums = group(tracks.map(({ id, albumId }) => [`spotify:album:${albumId}`, id]));
  const artists = group(
    tracks.map(({ id, artistIds }) => [`spotify:artist:${artistIds[0] ?? ''}`, id]),
  );
  const playlists = group(listPlaylistTracks(catalogue));
  const likes = catalogue.liked.items.map(({ trackId }) => trackId);
  const liked = { context: `spotify:user:${catalogue.user.id}:collection`, trackIds: likes };
  const singles = likes.length === 0 ? [everything] : [everything, liked];
  const kinds = [singles, albums, artists, artists, playlists];
  return () => pick(random.pick(kinds), random);
}

type Choice = readonly [context: string, trackId: string];

function group(choices: readonly Choice[]): Source[] {
  return [...Map.groupBy(choices, ([context]) => context)].map(([context, group]) => ({
    context,
    trackIds: group.map(([, trackId]) => trackId),
  }));
}

function listPlaylistTracks({ playlists }: Catalogue): Choice[] {
  return [...playlists.values()]
    .filter(({ access }) => access === 'own')
    .flatMap(({ id, items }) =>
      items.flatMap((item): Choice[] =>
        item.kind === 'track' ? [[`spotify:playlist:${id}`, item.trackId]] : [],
      ),
    );
}

/** One of a list, the first ones far more often than the last. */
function pick<T>(choices: readonly T[], random: SeededRandom): T {
  const place = (random.integer(0, FINENESS - 1) / FINENESS) ** PREFERENCE;
  const choice = choices[Math.floor(place * choices.length)];
  if (choice === undefined) throw new RangeError('Nothing to pick from: pass a filled list.');
  return choice;
}

function shuffle<T>(values: readonly T[], random: SeededRandom): T[] {
  return values
    .map((value) => ({ value, place: random.integer(0, FINENESS) }))
    .sort((one, other) => one.place - other.place)
    .map(({ value }) => value);
}
