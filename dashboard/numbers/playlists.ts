/** Figures of playlists as they are now. */
import type { DashboardData, DashboardPlaylist } from '../data.ts';

export type PlaylistFigures = {
  readonly size: number;
  /** Different ones; the same recording under two URIs is one. */
  readonly songs: number;
  readonly minutes: number;
  /** The first item of each recording that is there more than once, with all its positions, counted from 0. */
  readonly duplicates: readonly { readonly item: number; readonly positions: readonly number[] }[];
  /** Positions of what Spotify has withdrawn. */
  readonly unavailable: number;
  /** By user ID, the one who added most first. */
  readonly byContributor: readonly { readonly name: string; readonly added: number }[];
  /** How many of today's items were there by each day, UTC. */
  readonly growth: readonly { readonly day: number; readonly size: number }[];
  /** Items without a date. */
  readonly undated: number;
};

export function toPlaylistFigures(
  data: DashboardData,
  playlist: DashboardPlaylist,
): PlaylistFigures {
  const { addedDay, items } = playlist;
  const known = items.flatMap((item, position) => (item === null ? [] : [{ item, position }]));
  const bySong = Map.groupBy(known, ({ item }) => data.items[item]?.countedAs ?? item);
  const ms = known.reduce((sum, { item }) => sum + (data.items[item]?.durationMs ?? 0), 0);
  return {
    size: items.length,
    songs: bySong.size,
    minutes: ms / 60_000,
    duplicates: [...bySong.values()].flatMap((places) => {
      const [first] = places;
      if (first === undefined || places.length === 1) return [];
      return [{ item: first.item, positions: places.map(({ position }) => position) }];
    }),
    unavailable: items.filter((item) => isUnavailable(data, item)).length,
    byContributor: countContributors(playlist),
    growth: toGrowth(addedDay),
    undated: addedDay.filter((day) => day === 0).length,
  };
}

/** Spotify takes away the name of a track that it withdraws. */
function isUnavailable({ items }: DashboardData, item: number | null): boolean {
  const found = item === null ? undefined : items[item];
  if (found === undefined || found.kind === 'unknown') return true;
  return found.kind === 'track' && found.name === '';
}

function countContributors({
  addedBy,
  contributors,
}: DashboardPlaylist): PlaylistFigures['byContributor'] {
  const counts = contributors.map((name) => ({ name, added: 0 }));
  for (const number of addedBy) {
    const counted = counts[number];
    if (counted !== undefined) counted.added += 1;
  }
  return counts.filter(({ added }) => added > 0).sort((one, other) => other.added - one.added);
}

function toGrowth(addedDay: readonly number[]): PlaylistFigures['growth'] {
  const dated = addedDay.filter((day) => day !== 0).sort((one, other) => one - other);
  return dated.flatMap((day, at) => (day === dated[at + 1] ? [] : [{ day, size: at + 1 }]));
}

export type Overlap = {
  /** Places in `data.playlists`. */
  readonly one: number;
  readonly other: number;
  /** Songs that are in both, each counted once. */
  readonly shared: number;
  /** Of the songs of the shorter list. */
  readonly share: number;
};

/** Pairs of lists with a song in common, those that share most first. */
export function listOverlaps({ items, playlists }: DashboardData): readonly Overlap[] {
  const songs = playlists.map(
    (playlist) =>
      new Set(
        playlist.items.flatMap((item) => (item === null ? [] : (items[item]?.countedAs ?? item))),
      ),
  );
  return countShared(songs)
    .map(({ one, other, shared }) => {
      const shorter = Math.min(songs[one]?.size ?? 0, songs[other]?.size ?? 0);
      return { one, other, shared, share: shared / shorter };
    })
    .sort((one, other) => other.shared - one.shared || other.share - one.share);
}

/** Only of pairs that share a song. */
function countShared(songs: readonly ReadonlySet<number>[]): Omit<Overlap, 'share'>[] {
  const listsOf = new Map<number, number[]>();
  return songs.flatMap((all, other) => {
    const counts = new Map<number, number>();
    for (const song of all) {
      const before = listsOf.get(song) ?? [];
      for (const one of before) counts.set(one, (counts.get(one) ?? 0) + 1);
      before.push(other);
      listsOf.set(song, before);
    }
    return [...counts].map(([one, shared]) => ({ one, other, shared }));
  });
}
