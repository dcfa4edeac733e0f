/** What plays are counted under: songs, artists, albums, shows, episodes. */
import { COUNTED, type DashboardData, type DashboardItem, type DashboardPlays } from '../data.ts';

export type GroupKind = 'songs' | 'artists' | 'albums' | 'shows' | 'episodes';

/** One entry for each group, but for `of`. */
export type Groups = {
  /** The group of each item, −1 for none: of another kind, without a name, or left out of statistics. */
  readonly of: Int32Array;
  readonly names: readonly GroupName[];
  /** The first and the last counted play of all time; of any play where none was counted. NaN without plays. */
  readonly firstMs: Float64Array;
  readonly lastMs: Float64Array;
  /** 1: a play was counted. */
  readonly isHeard: Uint8Array;
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

type Times = Pick<Groups, 'firstMs' | 'lastMs'>;

function findTimes(
  { plays }: DashboardData,
  of: Int32Array,
  count: number,
): Times & Pick<Groups, 'isHeard'> {
  const times = {
    firstMs: new Float64Array(count).fill(Number.NaN),
    lastMs: new Float64Array(count).fill(Number.NaN),
  };
  noteTimes(plays, of, { ...times, flag: 0 });
  // They replace those of plays that were too short.
  const isHeard = noteTimes(plays, of, { ...times, flag: COUNTED });
  return { ...times, isHeard };
}

/** Of the plays with this flag. Returns which groups have one. */
function noteTimes(
  { endedAtMs, flags, item, length }: DashboardPlays,
  of: Int32Array,
  { firstMs, flag, lastMs }: Times & { readonly flag: number },
): Uint8Array {
  const isSeen = new Uint8Array(firstMs.length);
  for (let at = 0; at < length; at += 1) {
    const group = of[item[at] ?? 0] ?? -1;
    if (group < 0 || ((flags[at] ?? 0) & COUNTED) !== flag) continue;
    const end = endedAtMs[at] ?? 0;
    if (isSeen[group] === 0) firstMs[group] = end;
    lastMs[group] = end;
    isSeen[group] = 1;
  }
  return isSeen;
}
