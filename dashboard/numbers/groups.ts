/** What plays are counted under: songs, artists, albums, shows, episodes. */
import { COUNTED, type DashboardData, type DashboardItem } from '../data.ts';

export type GroupKind = 'songs' | 'artists' | 'albums' | 'shows' | 'episodes';

/** One entry for each group, but for `of`. */
export type Groups = {
  /** The group of each item, −1 for none: of another kind, without a name, or left out of statistics. */
  readonly of: Int32Array;
  readonly names: readonly GroupName[];
  /** The first and the last counted play of all time; NaN without one. */
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
};

export type GroupName = { readonly key: string; readonly name: string; readonly artist: string };

export function isSpoken({ kind }: DashboardItem): boolean {
  return kind === 'episode' || kind === 'chapter';
}

export function groupItems(data: DashboardData, kind: GroupKind): Groups {
  const numbers = new Map<string, number>();
  const names: GroupName[] = [];
  const of = Int32Array.from(data.items, (item) => {
    const isOther = isSpoken(item) !== (kind === 'shows' || kind === 'episodes');
    const found = toName(item, data.items[item.countedAs] ?? item)[kind]();
    if (isOther || item.isLeftOut || found.name === '') return -1;
    const number = numbers.get(found.key) ?? names.length;
    if (number === names.length) names.push(found);
    numbers.set(found.key, number);
    return number;
  });
  return { of, names, ...findTimes(data, of, names.length) };
}

/** By kind. A song goes by the item it is counted under, an album by its own artist. */
function toName(
  { parent, parentArtist }: DashboardItem,
  { artist, name, uri }: DashboardItem,
): Record<GroupKind, () => GroupName> {
  const song = (): GroupName => ({ key: uri, name, artist });
  return {
    songs: song,
    episodes: song,
    artists: () => ({ key: artist, name: artist, artist }),
    albums: () => ({
      key: JSON.stringify([parent, parentArtist]),
      name: parent,
      artist: parentArtist,
    }),
    shows: () => ({ key: parent, name: parent, artist: '' }),
  };
}

function findTimes(
  { plays: { endedAtMs, flags, item, length } }: DashboardData,
  of: Int32Array,
  count: number,
): Pick<Groups, 'firstMs' | 'lastMs'> {
  const firstMs = new Float64Array(count).fill(Number.NaN);
  const lastMs = new Float64Array(count).fill(Number.NaN);
  for (let at = 0; at < length; at += 1) {
    const group = of[item[at] ?? 0] ?? -1;
    if (group < 0 || ((flags[at] ?? 0) & COUNTED) === 0) continue;
    const end = endedAtMs[at] ?? 0;
    if (Number.isNaN(firstMs[group])) firstMs[group] = end;
    lastMs[group] = end;
  }
  return { firstMs, lastMs };
}
