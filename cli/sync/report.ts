/** What plans and runs of syncs come to, for people and as JSON. */
import { countCalls, type PlannedSync, type SyncOutcome } from '../../app/sync.ts';
import type { SyncPlan } from '../../etl/model/sync.ts';

export type Named = {
  readonly name: string;
  readonly mode: string;
  /** The name of the list that is created, unless it is there already. */
  readonly creates?: string | undefined;
};

type Counts = { readonly add: number; readonly remove: number; readonly move: number };

export const toCounts = ({ add, move, remove }: SyncPlan): Counts => ({
  add: add.length,
  remove: remove.length,
  move: move.reduce((sum, { items }) => sum + items.length, 0),
});

export function hasChanges({ plan }: PlannedSync): boolean {
  const { add, move, remove } = toCounts(plan);
  return add + move + remove > 0;
}

export function toPlanJson({ mode, name }: Named, { plan }: PlannedSync): object {
  const { checkCalls, writeCalls } = countCalls(plan);
  return {
    ...{ name, mode, ...toCounts(plan), not_copyable: plan.notCopyable.length },
    ...{ write_calls: writeCalls, check_calls: checkCalls, held: plan.held },
  };
}

export function toOutcomeJson(named: Named, outcome: SyncOutcome): object {
  const { notAddable, notRemovable, outcome: result, runId, writes } = outcome;
  return {
    ...toPlanJson(named, outcome),
    ...{ applied: result === 'done', outcome: result, run_id: runId ?? null, writes },
    ...{ target_id: outcome.targetId, not_addable: notAddable, not_removable: notRemovable },
  };
}

/** What a run has done, in a line for the file and for people. */
export function describeOutcome(outcome: SyncOutcome): string {
  const { notAddable, notRemovable, outcome: result, plan } = outcome;
  const { add, move, remove } = toCounts(plan);
  const held = plan.held.length === 0 ? '' : ` Held: ${plan.held.join(', ')}.`;
  const aside = [...notAddable, ...notRemovable];
  const names = new Map([...plan.before, ...plan.add].map((entry) => [entry.uri, entry.name]));
  const toName = (uri: string): string => [names.get(uri) ?? [], uri].flat().join(' ');
  const refused =
    aside.length === 0 ? '' : ` Not taken by Spotify: ${aside.map(toName).join(', ')}.`;
  const texts = {
    done: `${add - plan.add.filter(({ uri = '' }) => notAddable.includes(uri)).length} added, ${plan.held.includes('removals') ? 0 : remove} removed, ${move} moved.`,
    nothing: plan.held.length === 0 ? 'No changes.' : 'Nothing done.',
    stale: 'The target has changed since the plan. Nothing was done.',
    stopped: 'Stopped before the end. The same command goes on.',
    unfinished: 'Not finished: the target kept changing. The same command goes on.',
  };
  return `${texts[result]}${refused}${held}`;
}
