/** What came and went between two versions of a list. Pure. */
import { findDiffering, type PlaylistVersion } from './playlist-difference.ts';
import type { PlaylistItemRow } from './playlist-items.ts';

export type PlaylistChanges = {
  readonly came: readonly PlaylistItemRow[];
  readonly went: readonly PlaylistItemRow[];
  /** The same items in another order. */
  readonly isReordered: boolean;
  /** Attributes that differ, such as the name: what they were, and what they became. */
  readonly attributes: Readonly<Record<string, readonly [older: unknown, newer: unknown]>>;
};

export function findChanges(older: PlaylistVersion, newer: PlaylistVersion): PlaylistChanges {
  const came = subtract(newer.items, older.items);
  const went = subtract(older.items, newer.items);
  const [before, after] = [older.attributes, newer.attributes];
  const differing = findDiffering(before, after).map(
    (name) => [name, [before[name], after[name]] as const] as const,
  );
  const isSame = came.length === 0 && went.length === 0;
  return {
    came,
    went,
    isReordered: isSame && newer.items.some(({ uri }, at) => uri !== older.items[at]?.uri),
    attributes: Object.fromEntries(differing),
  };
}

/** What the first has more of than the second; an item that stands twice counts twice. */
function subtract(
  items: readonly PlaylistItemRow[],
  others: readonly PlaylistItemRow[],
): PlaylistItemRow[] {
  const left = new Map<string | undefined, number>();
  for (const { uri } of others) left.set(uri, (left.get(uri) ?? 0) + 1);
  return items.filter(({ uri }) => {
    const count = left.get(uri) ?? 0;
    left.set(uri, count - 1);
    return count <= 0;
  });
}
