/** The list that is wanted, as positions of the list that is there and new items between them. Pure. */
import {
  type ListEntry,
  MAX_LIST_ITEMS,
  type Removable,
  type SourceGoal,
  type SyncFacts,
  type SyncGoal,
} from '../model/sync.ts';
import { countKeys, subtract } from '../model/sync-writes.ts';
import { type Arrangement, comesBack, isCopyable, type Placed } from './sync-entries.ts';
import { findOwned, findStrange } from './sync-ownership.ts';
import { takeBack } from './sync-take-back.ts';

type Target = readonly ListEntry[];

/** What may not be touched when these removals are held. */
type Hold = { readonly isRemovalHeld: boolean };

/**
 * What of the source can be in the target: what Spotify does not add, only as often as it is there. The first occurrence of
 * each, unless repeats count.
 */
export function findWanted(
  source: readonly ListEntry[],
  target: Target,
  { facts, keepsRepeats }: { readonly facts: SyncFacts; readonly keepsRepeats: boolean },
): { readonly wanted: ListEntry[]; readonly notCopyable: ListEntry[] } {
  const copies = countKeys(target);
  const seen = new Set<string>();
  const wanted: ListEntry[] = [];
  const notCopyable: ListEntry[] = [];
  for (const entry of source) {
    const { uri = '' } = entry;
    if (isCopyable(entry) && seen.has(uri) && !keepsRepeats) continue;
    seen.add(uri);
    const left = copies.get(uri) ?? 0;
    copies.set(uri, left - 1);
    const canCopy = isCopyable(entry) && (left > 0 || !facts.notAddable.has(uri));
    (canCopy ? wanted : notCopyable).push(entry);
  }
  return { wanted, notCopyable };
}

export function arrange(
  goal: SyncGoal,
  target: Target,
  { facts, isRemovalHeld }: Hold & { readonly facts: SyncFacts },
): Arrangement {
  switch (goal.kind) {
    case 'append':
    case 'append-newest-first':
    case 'append-once':
    case 'dated':
      return append(target, { facts, goal });
    case 'mirror':
      return mirrorOwn(goal.source, target, { facts, isRemovalHeld });
    case 'mirror-exact': {
      const { wanted } = findWanted(goal.source, target, { facts, keepsRepeats: true });
      return becomeExactly(wanted, target, { mayRewrite: true, facts, isRemovalHeld });
    }
    case 'version':
      return becomeExactly(goal.items, target, { ...goal, facts, isRemovalHeld });
    case 'clear':
      return clear(goal, target, facts);
    case 'take-back':
      return takeBack(goal, target, facts);
  }
}

type Added = {
  readonly goal: Extract<SyncGoal, { readonly source: readonly ListEntry[] }>;
  readonly facts: SyncFacts;
};

/** A dated copy has repeats too. What it, or a pair that appends once, has ever seen there is not added again. */
function append(target: Target, { facts, goal }: Added): Arrangement {
  const { wanted } = findWanted(goal.source, target, { facts, keepsRepeats: keepsRepeats(goal) });
  const block = (keepsRepeats(goal) ? subtract(wanted, target) : without(wanted, target))
    .filter(({ uri = '' }) => !isOnce(goal) || !wasThere(uri, { goal, facts }))
    .map((entry) => ({ entry }));
  const kept = target.map((entry, from) => ({ entry, from }));
  const isAtStart = goal.kind === 'append-newest-first';
  const placed = isAtStart ? [...block, ...kept] : [...kept, ...block];
  return { placed, lost: [], mayReplace: false };
}

/** What a run that was killed has added is claimed, and not yet noted as seen. Repeats are not claimed. */
const wasThere = (uri: string, { facts, goal }: Added): boolean =>
  facts.seen.has(uri) || (goal.kind === 'append-once' && facts.claims.has(uri));

type OnceGoal = Extract<SyncGoal, { readonly source: readonly ListEntry[] }>;

export const isOnce = (goal: SyncGoal): goal is OnceGoal =>
  goal.kind === 'append-once' || goal.kind === 'dated';

export const keepsRepeats = ({ kind }: SyncGoal): boolean =>
  kind === 'dated' || kind === 'mirror-exact';

function without(entries: readonly ListEntry[], target: Target): ListEntry[] {
  const counts = countKeys(target);
  return entries.filter(({ uri = '' }) => !counts.has(uri));
}

type Clear = Extract<SyncGoal, { kind: 'clear' }>;

function clear({ keys, removable }: Clear, target: Target, facts: SyncFacts): Arrangement {
  const strange = countKeys(findStrange(target, removable));
  const gone = new Set(keys.filter((key) => !strange.has(key) && !facts.notRemovable.has(key)));
  const placed = target
    .map((entry, from) => ({ entry, from }))
    .filter(({ entry }) => !gone.has(entry.uri ?? ''));
  return { placed, lost: [], mayReplace: false };
}

/** A key that the user has is not added; what is not ours stays behind what it stood behind. */
function mirrorOwn(
  source: readonly ListEntry[],
  target: Target,
  { facts, isRemovalHeld }: Hold & { readonly facts: SyncFacts },
): Arrangement {
  const owned = findOwned(target, facts.claims);
  const counts = countKeys(target);
  const { wanted } = findWanted(source, target, { facts, keepsRepeats: false });
  const desired = wanted.filter(({ uri = '' }) => owned.has(uri) || !counts.has(uri));
  const isOurs = ({ uri = '' }: ListEntry): boolean => owned.has(uri);
  const isRemovable = (entry: ListEntry): boolean =>
    isOurs(entry) && !isRemovalHeld && !facts.notRemovable.has(entry.uri ?? '');
  const placed = place(desired, target, { isOurs, isRemovable });
  return {
    ...placed,
    mayReplace: target.every((entry) => isOurs(entry) && comesBack(entry, facts)),
  };
}

type Exactly = Hold & {
  readonly facts: SyncFacts;
  readonly removable?: Removable;
  readonly mayRewrite: boolean;
};

function becomeExactly(
  desired: readonly ListEntry[],
  target: Target,
  { facts, isRemovalHeld, mayRewrite, removable }: Exactly,
): Arrangement {
  /** What came while we were at work is not taken out. */
  const strange = removable && countKeys(findStrange(target, removable));
  const mayGo = ({ uri = '' }: ListEntry): boolean => strange?.has(uri) !== true;
  /** A removal takes every copy: none goes of which one is wanted that Spotify would not add again. */
  const wanted = countKeys(desired);
  const hasRoom = target.length < MAX_LIST_ITEMS;
  const isSafe = (entry: ListEntry): boolean =>
    (hasRoom && comesBack(entry, facts)) || !wanted.has(entry.uri ?? '');
  const isFree = (entry: ListEntry): boolean =>
    isCopyable(entry) && isSafe(entry) && !facts.notRemovable.has(entry.uri ?? '');
  const isRemovable = (entry: ListEntry): boolean =>
    !isRemovalHeld && isFree(entry) && mayGo(entry);
  const isAddable = (entry: ListEntry): boolean => comesBack(entry, facts);
  const placed = place(desired, target, { isOurs: () => true, isRemovable, isAddable });
  const isAllOurs = target.every((entry) => comesBack(entry, facts) && mayGo(entry));
  return { ...placed, mayReplace: mayRewrite && isAllOurs };
}

type Rules = {
  /** Whether an item of the target can be one of the wanted ones. */
  readonly isOurs: (entry: ListEntry) => boolean;
  readonly isRemovable: (entry: ListEntry) => boolean;
  readonly isAddable?: (entry: ListEntry) => boolean;
};

/** What stays without being wanted keeps its left neighbour among the wanted ones, or the start; copies too many go to the end. */
function place(
  desired: readonly ListEntry[],
  target: Target,
  { isAddable = () => true, isOurs, isRemovable }: Rules,
): Omit<Arrangement, 'mayReplace'> {
  const { lost, sequence } = match(desired, target, { isAddable, isOurs });
  const matched = new Set(sequence.map(({ from }) => from));
  const followers = new Map<number | undefined, Placed[]>([[undefined, []]]);
  const wanted = new Set(desired.map(({ uri }) => uri));
  const surplus: Placed[] = [];
  let anchor: number | undefined;
  for (const [from, entry] of target.entries()) {
    if (matched.has(from)) {
      anchor = from;
      followers.set(anchor, []);
    } else if (!isOurs(entry) || !isRemovable(entry)) {
      const isSurplus = isOurs(entry) && isCopyable(entry) && wanted.has(entry.uri);
      (isSurplus ? surplus : followers.get(anchor))?.push({ entry, from });
    }
  }
  const behind = (at: number | undefined): Placed[] => followers.get(at) ?? [];
  const placed = sequence.flatMap((each) =>
    each.from === undefined ? [each] : [each, ...behind(each.from)],
  );
  return { placed: [...behind(undefined), ...placed, ...surplus], lost };
}

/** Each wanted item is the first of its kind in the target that no other one is. */
function match(
  desired: readonly ListEntry[],
  target: Target,
  { isAddable, isOurs }: Required<Pick<Rules, 'isAddable' | 'isOurs'>>,
): { readonly sequence: Placed[]; readonly lost: ListEntry[] } {
  const places = [...target.entries()].filter(([, entry]) => isOurs(entry));
  const waiting = Map.groupBy(places, ([, { uri = '' }]) => uri);
  const lost: ListEntry[] = [];
  const sequence = desired.flatMap((wanted): Placed[] => {
    const [from, entry = wanted] = waiting.get(wanted.uri ?? '')?.shift() ?? [];
    if (from !== undefined || isAddable(wanted)) return [{ entry, from }];
    lost.push(wanted);
    return [];
  });
  return { sequence, lost };
}

export const isSync = (kind: SyncGoal['kind']): kind is SourceGoal =>
  kind !== 'version' && kind !== 'take-back' && kind !== 'clear';
