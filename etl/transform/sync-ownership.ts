import type { ListEntry, Removable, SyncFacts } from '../model/sync.ts';
import { countKeys, subtract, toDatedKey } from '../model/sync-writes.ts';

/**
 * The keys that are ours: put there by the pair, there exactly once, and there since then. Two copies mean that the user has it
 * too, none that the user took it out, and a later date that the user put it back.
 */
export function findOwned(target: readonly ListEntry[], claims: SyncFacts['claims']): Set<string> {
  const counts = countKeys(target);
  const owned = target.flatMap(({ added_at, uri = '' }) => {
    if (!claims.has(uri) || counts.get(uri) !== 1) return [];
    const since = claims.get(uri);
    return since === undefined || added_at === undefined || since === added_at ? [uri] : [];
  });
  return new Set(owned);
}

/** What is neither known, by its date, nor one of the copies that were added since. */
export function findStrange(
  target: readonly ListEntry[],
  { added, known }: Removable,
): ListEntry[] {
  const dated = new Set(known.map(toDatedKey));
  const others = target.filter((entry) => !dated.has(toDatedKey(entry)));
  return subtract(
    others,
    added.map((uri) => ({ uri })),
  );
}
