/** A list without what a run has put there, and with what it has taken out. Pure. */
import type { ListEntry, SyncFacts, SyncGoal } from '../model/sync.ts';
import { countKeys } from '../model/sync-writes.ts';
import { type Arrangement, comesBack, type Placed } from './sync-entries.ts';
import { findOwned } from './sync-ownership.ts';

type Target = readonly ListEntry[];

type TakeBack = Extract<SyncGoal, { kind: 'take-back' }>;

/** What comes back stands behind what it stood behind: the nearest item before it that is there. */
export function takeBack(
  { added, items, removed }: TakeBack,
  target: Target,
  facts: SyncFacts,
): Arrangement {
  const gone = new Set([...findOwned(target, added)].filter((key) => !facts.notRemovable.has(key)));
  const back = findMissing(items, target, removed);
  const all = [...back.values()].flat();
  const cameBack = (at: number | undefined): Placed[] =>
    (back.get(at) ?? []).filter((entry) => comesBack(entry, facts)).map((entry) => ({ entry }));
  const kept = target.flatMap((entry, from): Placed[] => [
    ...(gone.has(entry.uri ?? '') ? [] : [{ entry, from }]),
    ...cameBack(from),
  ]);
  return {
    placed: [...cameBack(undefined), ...kept],
    lost: all.filter((entry) => !comesBack(entry, facts)),
    mayReplace: false,
  };
}

/** Copies of these keys that the target lacks, by the place of what they stood behind. */
function findMissing(
  items: readonly ListEntry[],
  target: Target,
  keys: readonly string[],
): Map<number | undefined, ListEntry[]> {
  const waiting = Map.groupBy(target.keys(), (at) => target[at]?.uri ?? '');
  const owed = countKeys(keys.map((uri) => ({ uri })));
  const missing = new Map<number | undefined, ListEntry[]>();
  let anchor: number | undefined;
  for (const entry of items) {
    const { uri = '' } = entry;
    const from = waiting.get(uri)?.shift();
    const left = owed.get(uri) ?? 0;
    anchor = from ?? anchor;
    if (from !== undefined || left === 0) continue;
    owed.set(uri, left - 1);
    if (!missing.get(anchor)?.push(entry)) missing.set(anchor, [entry]);
  }
  return missing;
}
