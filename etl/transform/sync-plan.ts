/** What would be done to a list, and what is held back. Pure: the same lists and facts give the same plan. */
import { EtlError } from '../errors.ts';
import {
  type Guard,
  type ListEntry,
  MAX_LIST_ITEMS,
  type SyncFacts,
  type SyncGoal,
  type SyncOptions,
  type SyncPlan,
} from '../model/sync.ts';
import { hashList } from '../model/sync-writes.ts';
import { arrange, findWanted, isSync, keepsRepeats } from './sync-arrangement.ts';
import { type Arrangement, isCopyable } from './sync-entries.ts';
import { findOwned } from './sync-ownership.ts';
import { planSteps } from './sync-steps.ts';

/** Of what a pair owns of its target. */
const MAX_REMOVALS = 20;
const MAX_REMOVED_SHARE = 0.5;
/** A source that has become smaller than this share is not believed. */
const COLLAPSED_SHARE = 0.4;

export type SyncState = {
  readonly target: readonly ListEntry[];
  readonly facts: SyncFacts;
  readonly options: SyncOptions;
};

/** @throws EtlError `TARGET_NOT_WRITABLE` where the list would become longer than Spotify lets it */
export function planSync(goal: SyncGoal, state: SyncState): SyncPlan {
  const { facts, options, target } = state;
  const full = arrange(goal, target, { facts, isRemovalHeld: false });
  const changes = findChanges(target, full);
  const isChanged = hashList(target) !== hashList(full.placed.map(({ entry }) => entry));
  const all = findGuards(goal, state, { ...changes, isChanged });
  // An empty source adds nothing: its removals are all there is.
  const isHeld = all.some((guard) => guard === 'collapse' || guard === 'exact');
  const isRemovalHeld = all.length > 0;
  const doable = isRemovalHeld ? arrange(goal, target, { facts, isRemovalHeld }) : full;
  const isNewestFirst = goal.kind === 'append-newest-first';
  const wish = planSteps(target, full, { ...options, isNewestFirst });
  const { stages, wantsRewrite } = isRemovalHeld
    ? planSteps(target, doable, { ...options, isNewestFirst })
    : wish;
  const isStill = isHeld || wantsRewrite;
  if (!isStill) assertFits(doable, target);
  const owned = findOwned(target, facts.claims);
  return {
    ...changes,
    before: target,
    after: isStill ? target : doable.placed.map(({ entry }) => entry),
    move: wish.moves,
    notCopyable: isSync(goal.kind) ? findNotCopyable(goal, target, facts) : full.lost,
    stages: isStill ? [] : stages,
    held: wantsRewrite ? [...all, 'rewrite'] : all,
    lapsed: [...facts.claims.keys()].filter((key) => !owned.has(key)),
  };
}

type Changes = Pick<SyncPlan, 'add' | 'remove'>;

function findChanges(target: readonly ListEntry[], { placed }: Arrangement): Changes {
  const kept = new Set(placed.map(({ from }) => from));
  return {
    add: placed.filter(({ from }) => from === undefined).map(({ entry }) => entry),
    remove: target.filter((_entry, at) => !kept.has(at)),
  };
}

function findNotCopyable(
  goal: SyncGoal,
  target: readonly ListEntry[],
  facts: SyncFacts,
): ListEntry[] {
  if (!('source' in goal)) return [];
  const options = { facts, keepsRepeats: keepsRepeats(goal) };
  return findWanted(goal.source, target, options).notCopyable;
}

/** `collapse` and `exact` hold everything, the others the removals. */
function findGuards(
  goal: SyncGoal,
  state: SyncState,
  { add, isChanged, remove }: Changes & { readonly isChanged: boolean },
): Guard[] {
  if (!('source' in goal)) return [];
  const isAsked = isChanged && goal.kind === 'mirror-exact' && !isConfirmed(state);
  return [
    ...(isAsked ? (['exact'] as const) : []),
    ...(add.length + remove.length === 0 ? [] : findSourceGuard(goal, state, remove.length)),
  ];
}

function findSourceGuard(goal: SourceGoal, state: SyncState, removals: number): Guard[] {
  const isEmpty = !goal.source.some(isCopyable);
  if (isCollapsed(goal.source, state)) return [isEmpty ? 'empty' : 'collapse'];
  const guard = removals === 0 ? undefined : findRemovalGuard(goal, state, removals);
  return guard === undefined ? [] : [guard];
}

const isConfirmed = ({ facts, options }: SyncState): boolean =>
  facts.isExactConfirmed || options.confirmsExact === true;

type SourceGoal = Extract<SyncGoal, { readonly source: readonly ListEntry[] }>;

function findRemovalGuard(goal: SourceGoal, state: SyncState, removals: number): Guard | undefined {
  const { options } = state;
  if (!goal.source.some(isCopyable) && !options.allowEmpty) return 'empty';
  return removals > findMostRemovals(goal, state) ? 'removals' : undefined;
}

function isCollapsed(source: readonly ListEntry[], { facts, options }: SyncState): boolean {
  const isSmall = source.filter(isCopyable).length < COLLAPSED_SHARE * (facts.goodCount ?? 0);
  return isSmall && !facts.isSecondRead && !options.allowEmpty;
}

function findMostRemovals(goal: SyncGoal, { facts, options, target }: SyncState): number {
  const isExact = goal.kind === 'mirror-exact';
  const own = isExact ? target.filter(isCopyable).length : findOwned(target, facts.claims).size;
  return options.maxRemovals ?? Math.min(MAX_REMOVALS, own * MAX_REMOVED_SHARE);
}

function assertFits({ placed }: Arrangement, target: readonly ListEntry[]): void {
  if (placed.length <= MAX_LIST_ITEMS || placed.length <= target.length) return;
  throw new EtlError(
    'TARGET_NOT_WRITABLE',
    `The target has ${target.length} items and would have ${placed.length}. Spotify's lists end at ${MAX_LIST_ITEMS}: name another target, such as new:<name>.`,
  );
}

/** Writes, and reads that check them. */
export function countCalls({ stages }: Pick<SyncPlan, 'stages'>): {
  readonly writeCalls: number;
  readonly checkCalls: number;
} {
  return {
    writeCalls: stages.reduce((sum, { steps }) => sum + steps.length, 0),
    checkCalls: stages.reduce((sum, { checkCalls }) => sum + checkCalls, 0),
  };
}
