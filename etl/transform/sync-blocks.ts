/** What must move so that a list is in order. Pure. */
import type { Token } from '../model/sync-writes.ts';

/** What is outside the longest run of items that are in order already. */
export function findBlocks(tokens: readonly Token[]): number[][] {
  const ranks = tokens.flatMap(({ rank }) => rank ?? []);
  const inOrder = findLongestIncreasing(ranks);
  if (inOrder.size === ranks.length) return [];
  const placeOf = new Map(tokens.map(({ rank }, at) => [rank, at]));
  const blocks: number[][] = [];
  const sorted = ranks.toSorted((one, other) => one - other);
  for (const [at, rank] of sorted.entries()) {
    if (inOrder.has(rank)) continue;
    const last = blocks.at(-1);
    const previous = last?.at(-1);
    const isNext = previous !== undefined && previous === sorted[at - 1];
    const isBeside = placeOf.get(previous) === (placeOf.get(rank) ?? 0) - 1;
    if (last !== undefined && isNext && isBeside) last.push(rank);
    else blocks.push([rank]);
  }
  return blocks;
}

function findLongestIncreasing(values: readonly number[]): Set<number> {
  /** The smallest end of an increasing run of each length, and what came before each value. */
  const ends: number[] = [];
  const before = new Map<number, number | undefined>();
  for (const value of values) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ends[middle] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    before.set(value, ends[low - 1]);
    ends[low] = value;
  }
  const longest = new Set<number>();
  for (let value = ends.at(-1); value !== undefined; value = before.get(value)) longest.add(value);
  return longest;
}
