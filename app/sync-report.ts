/** What plans and runs of syncs come to, for people and as JSON. */
import type { Guard, ListEntry, SyncPlan } from '../etl/model/sync.ts';
import { subtract } from '../etl/model/sync-writes.ts';
import { isCopyable } from '../etl/transform/sync-entries.ts';
import { visible } from '../lib/plain-text.ts';
import { countCalls, type PairOutcome, type PlannedSync, type SyncOutcome } from './sync.ts';

export type Named = {
  readonly name: string;
  readonly mode: string;
};

export const toTitle = (entry: ListEntry | undefined): string =>
  visible(entry?.name ?? entry?.uri ?? 'withdrawn by Spotify');

type Counts = { readonly add: number; readonly remove: number; readonly move: number };

export const toCounts = ({ add, move, remove }: SyncPlan): Counts => ({
  add: add.length,
  remove: remove.length,
  move: move.reduce((sum, { items }) => sum + items.length, 0),
});

export function hasChanges({ clears, plan }: PlannedSync): boolean {
  const { add, move, remove } = toCounts(plan);
  return add + move + remove + clears.length > 0;
}

export function toPlanJson({ mode, name }: Named, { clears, plan }: PlannedSync): object {
  const { checkCalls, writeCalls } = countCalls(plan);
  return {
    ...{ name, mode, ...toCounts(plan), not_copyable: plan.notCopyable.length },
    ...{ write_calls: writeCalls, check_calls: checkCalls, held: plan.held },
    ...(clears.length > 0 && { clear: clears.length }),
  };
}

export function toOutcomeJson(named: Named, outcome: PairOutcome): object {
  const { notAddable, notRemovable, outcome: result, runId, writes } = outcome;
  return {
    ...toPlanJson(named, outcome),
    ...{ applied: isApplied(outcome), outcome: result, run_id: runId ?? null, writes },
    ...(outcome.cleared && { cleared: findMade(outcome.cleared).removed.length }),
    ...{ target_id: outcome.targetId, not_addable: notAddable, not_removable: notRemovable },
  };
}

const isApplied = ({ cleared, outcome }: PairOutcome): boolean =>
  outcome === 'done' || cleared?.outcome === 'done';

/** What a run has done, in a line for the file and for people. Titles are for its own user only. */
export function describeOutcome(
  outcome: PairOutcome,
  { hasTitles }: { readonly hasTitles: boolean } = { hasTitles: true },
): string {
  const { cleared, notAddable, notCleared, outcome: result, plan } = outcome;
  const { add, move, remove } = toCounts(plan);
  const texts = {
    done: `${add - plan.add.filter(({ uri = '' }) => notAddable.includes(uri)).length} added, ${plan.held.includes('removals') ? 0 : remove} removed, ${move} moved.`,
    nothing: plan.held.length === 0 ? 'No changes.' : 'Nothing done.',
    stale: 'The target has changed since the plan. Nothing was done.',
    stopped: 'Stopped before the end. The same command goes on.',
    unfinished: 'Not finished: the target kept changing. The same command goes on.',
  };
  const goesOn = cleared?.outcome === 'stopped' || cleared?.outcome === 'unfinished';
  return [
    texts[result],
    cleared && `Of the inbox: ${findMade(cleared).removed.length} taken out.`,
    goesOn && 'The same command goes on.',
    notCleared && `The inbox was not emptied. ${notCleared.message}`,
    describeAside(outcome, hasTitles),
    describeHeld(findHeld(outcome)),
  ]
    .filter(Boolean)
    .join(' ');
}

export const describeHeld = (held: readonly string[]): string =>
  held.length === 0 ? '' : `Held: ${held.join(', ')}.`;

export const findHeld = ({ cleared, plan }: PairOutcome): readonly Guard[] => [
  ...new Set([...plan.held, ...(cleared?.plan.held ?? [])]),
];

function describeAside({ cleared, ...outcome }: PairOutcome, hasTitles: boolean): string {
  const { notAddable, notRemovable, plan } = outcome;
  const aside = [...notAddable, ...notRemovable, ...(cleared?.notRemovable ?? [])];
  if (aside.length === 0) return '';
  const before = [...plan.before, ...plan.add, ...(cleared?.plan.before ?? [])];
  const names = new Map(before.map((entry) => [entry.uri, entry.name]));
  const toName = (uri: string): string => [names.get(uri) ?? [], uri].flat().join(' ');
  return `Not taken by Spotify: ${hasTitles ? aside.map(toName).join(', ') : aside.length}.`;
}

type Made = { readonly added: readonly ListEntry[]; readonly removed: readonly ListEntry[] };

/** What is in the target now and was not before, and what is gone. */
export function findMade({ list, plan, writes }: SyncOutcome): Made {
  const { before } = plan;
  return writes === 0
    ? { added: [], removed: [] }
    : { added: subtract(list, before), removed: subtract(before, list) };
}

/** How many songs of the source the target had already. */
export function countPresent({ goal, plan }: PlannedSync): number {
  if (!('source' in goal)) return 0;
  const coming = new Set(plan.add.map(({ uri }) => uri));
  const wanted = new Set(goal.source.filter(isCopyable).map(({ uri }) => uri));
  return [...wanted].filter((uri) => !coming.has(uri)).length;
}
