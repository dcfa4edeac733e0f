import { type CatalogueItem } from './catalogue-model.ts';
import { type Music } from './catalogue-music.ts';
import { createAlbumName, createPersonName, createTrackName } from './names.ts';
import { type SeededRandom } from './seeded-random.ts';

const KINDS = ['track', 'episode', 'local', 'unavailable', 'ghost', 'repeat'] as const;
type ItemKind = (typeof KINDS)[number];

/** How many oddities a playlist holds: none, one of each sort, or only things that are no track. */
export type Oddities = 'none' | 'all' | 'no-tracks';

export type ItemsWanted = {
  readonly size: number;
  readonly oddities: Oddities;
  /** User ids; an item was added by one of them. */
  readonly addedBy: readonly string[];
};

const FIRST_ADDED_MS = Date.UTC(2013, 0, 1);
const DAY_MS = 86_400_000;
const COLLECTED_WITHIN_SECONDS = 3 * 365 * 86_400;

/** The items of one playlist: mostly tracks, some of one album in a row, and the oddities asked for. */
export function createItems(
  random: SeededRandom,
  music: Music,
  wanted: ItemsWanted,
): CatalogueItem[] {
  const kinds = planKinds(random, wanted);
  const items: CatalogueItem[] = [];
  let trackIndex = 0;
  let addedAtMs = FIRST_ADDED_MS + random.integer(0, 3000) * DAY_MS;
  const longestPauseSeconds = Math.ceil(COLLECTED_WITHIN_SECONDS / wanted.size);
  for (const kind of kinds) {
    // Now and then a listener adds several tracks of one album: albums and artists repeat.
    const followsAlbum = random.percent(25);
    trackIndex = followsAlbum
      ? (trackIndex + 1) % music.tracks.length
      : random.integer(0, music.tracks.length - 1);
    addedAtMs += random.integer(1, longestPauseSeconds) * 1000;
    const isOdd = wanted.oddities === 'all';
    const addedAt = isOdd && random.percent(1) ? null : toWireTime(addedAtMs);
    const addedBy = isOdd && random.percent(1) ? null : random.pick(wanted.addedBy);
    items.push(createItem(random, { kind, music, trackIndex, items, added: { addedAt, addedBy } }));
  }
  return items;
}

function planKinds(random: SeededRandom, { size, oddities }: ItemsWanted): ItemKind[] {
  if (oddities === 'no-tracks') {
    return Array.from({ length: size }, () =>
      random.pick(['local', 'unavailable', 'episode'] as const),
    );
  }
  const kinds = Array.from({ length: size }, (): ItemKind => {
    if (oddities === 'none' || size < 10) return 'track';
    return random.percent(3) ? random.pick(KINDS) : 'track';
  });
  if (oddities === 'all' && size >= 10) plantOneOfEach(random, kinds);
  return kinds;
}

/** Spread evenly and in this order: the repeat comes last, so there is something to repeat. */
function plantOneOfEach(random: SeededRandom, kinds: ItemKind[]): void {
  const step = Math.floor(kinds.length / KINDS.length);
  const start = random.integer(0, step - 1);
  for (const [index, kind] of KINDS.entries()) kinds[start + index * step] = kind;
}

type ItemWanted = {
  readonly kind: ItemKind;
  readonly music: Music;
  readonly trackIndex: number;
  /** Those before it, to repeat one. */
  readonly items: readonly CatalogueItem[];
  readonly added: Pick<CatalogueItem, 'addedAt' | 'addedBy'>;
};

function createItem(
  random: SeededRandom,
  { kind, music, trackIndex, items, added }: ItemWanted,
): CatalogueItem {
  switch (kind) {
    case 'episode':
      return { kind, episodeId: random.pick(music.episodes).id, ...added };
    case 'local':
      return {
        kind,
        name: createTrackName(random),
        artistName: createPersonName(random),
        albumName: createAlbumName(random),
        durationMs: random.integer(60, 600) * 1000,
        ...added,
      };
    case 'unavailable':
      return { kind, ...added };
    case 'ghost':
      return { kind: 'track', trackId: random.pick(music.ghostTracks).id, ...added };
    case 'repeat': {
      const earlier = items.find((item) => item.kind === 'track');
      return { kind: 'track', trackId: earlier?.trackId ?? trackAt(music, trackIndex), ...added };
    }
    case 'track':
      return { kind, trackId: trackAt(music, trackIndex), ...added };
  }
}

function trackAt(music: Music, index: number): string {
  const track = music.tracks[index];
  if (track === undefined) throw new RangeError(`No track at ${index} of ${music.tracks.length}.`);
  return track.id;
}

/** Spotify: ISO 8601 in UTC, to the second. */
export function toWireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
