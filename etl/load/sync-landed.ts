/** What a read shows after a write. Pure. */
import type { ListEntry } from '../model/sync.ts';
import { countKeys, subtract, toDatedKey } from '../model/sync-writes.ts';
import type { ClaimedItem, GivenUp } from './sinks.ts';

/** Those of the keys that are in the list exactly once. */
export function findSingle(list: readonly ListEntry[], keys: readonly string[]): ClaimedItem[] {
  const counts = countKeys(list);
  const wanted = new Set(keys);
  return list.flatMap(({ added_at, uri = '' }) => {
    if (!wanted.has(uri) || counts.get(uri) !== 1) return [];
    return [{ uri, ...(added_at !== undefined && { added_at }) }];
  });
}

/** Also by when each item was added, where both know: what was taken out and put back is not the same. */
export function isSame(one: readonly ListEntry[], other: readonly ListEntry[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ added_at, uri }, at) => {
      const { added_at: since, uri: now } = other[at] ?? {};
      return uri === now && (added_at === undefined || since === undefined || added_at === since);
    })
  );
}

/** What was removed and is still there, by its date; what was added again since then is in `expected`. */
export function findSurvivors(
  list: readonly ListEntry[],
  removed: readonly ListEntry[],
  expected: readonly ListEntry[],
): ListEntry[] {
  const dated = new Set(list.map(toDatedKey));
  const surplusKeys = countKeys(subtract(list, expected));
  return removed.filter(
    (entry) =>
      entry.added_at !== undefined &&
      dated.has(toDatedKey(entry)) &&
      surplusKeys.has(entry.uri ?? ''),
  );
}

/** The claims on what is still there, by its date, after a removal that was not made, or nobody knows. */
export function findStill(
  givenUp: readonly GivenUp[],
  before: readonly ListEntry[],
  now: readonly ListEntry[],
): GivenUp[] {
  const there = new Set(now.map(toDatedKey));
  const still = new Set(
    before.filter((entry) => there.has(toDatedKey(entry))).map(({ uri }) => uri),
  );
  return givenUp.filter(({ uri }) => still.has(uri));
}
