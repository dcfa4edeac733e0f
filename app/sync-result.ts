/** What became of each pair of a run. */
import { EtlError } from '../etl/errors.ts';
import type { Settled } from '../etl/model/sync.ts';
import { UsageError } from '../lib/usage-error.ts';
import type { PairOutcome, PlannedSync } from './sync.ts';
import {
  countPresent,
  describeHeld,
  describeOutcome,
  findHeld,
  findMade,
  hasChanges,
  type Named,
  toCounts,
  toPlanJson,
  toTitle,
} from './sync-report.ts';

/** `waiting`: it asks first; `later`: nothing is wrong with the pair, and the next run does it. */
export type PairState =
  | 'applied'
  | 'unchanged'
  | 'held'
  | 'waiting'
  | 'planned'
  | 'unfinished'
  | 'failed'
  | 'later';

export type PairResult = {
  readonly name: string;
  readonly state: PairState;
  /** For people: the response in the file. */
  readonly message: string;
  /** The plan's and the run's figures; none where it could not be planned. */
  readonly figures: object;
  readonly added: number;
  readonly removed: number;
  /** How many songs were taken out of an inbox. */
  readonly cleared: number;
  readonly present: number;
  readonly notCopyable: number;
  readonly held: readonly string[];
  /** Of what was added. */
  readonly titles: readonly string[];
  readonly targetId?: string | undefined;
  /** Whether the target was created. */
  readonly isNew?: boolean;
};

export const isFailure = ({ state }: PairResult): boolean =>
  state === 'failed' || state === 'later' || state === 'unfinished';

const NOTHING_MADE = { added: 0, removed: 0, cleared: 0, titles: [] };
const NO_FIGURES = { ...NOTHING_MADE, present: 0, notCopyable: 0, held: [] };

/** Of a pair that was not read. */
export function toUnread({ mode, name }: Named, { notCopyable, present }: Settled): PairResult {
  const calls = { write_calls: 0, check_calls: 0 };
  const counts = { add: 0, remove: 0, move: 0, not_copyable: notCopyable };
  const figures = { name, mode, ...counts, ...calls, held: [] };
  return {
    ...{ ...NO_FIGURES, name, state: 'unchanged', message: 'No changes.', figures },
    ...{ present, notCopyable },
  };
}

export function toApplied(named: Named, outcome: PairOutcome): PairResult {
  const { cleared: clearing, notCleared, runId, writes } = outcome;
  const held = findHeld(outcome);
  const made = findMade(outcome);
  const [added, removed] = [made.added.length, made.removed.length];
  const cleared = clearing && findMade(clearing).removed.length;
  const figures = { ...toPlanJson(named, outcome), run_id: runId, writes };
  const state = held.length > 0 ? 'held' : toState(outcome);
  return {
    ...toPlanned(named, outcome, notCleared ? toFailedState(notCleared) : state),
    message: describeOutcome(outcome, { hasTitles: false }),
    figures: { ...figures, ...(cleared !== undefined && { cleared }) },
    ...{ added, removed, cleared: cleared ?? 0, titles: made.added.map(toTitle), held },
  };
}

function toState({ cleared, outcome }: PairOutcome): 'applied' | 'unchanged' | 'unfinished' {
  const ends = [outcome, ...(cleared ? [cleared.outcome] : [])];
  if (ends.some((end) => end !== 'done' && end !== 'nothing')) return 'unfinished';
  return ends.includes('done') ? 'applied' : 'unchanged';
}

export function toPlanned(named: Named, planned: PlannedSync, state: PairState): PairResult {
  const { held, notCopyable } = planned.plan;
  const isNothing = state === 'waiting' && !hasChanges(planned);
  return {
    name: named.name,
    state: isNothing ? 'unchanged' : state,
    message: describePlan(planned, state === 'waiting'),
    figures: toPlanJson(named, planned),
    ...NOTHING_MADE,
    ...{ present: countPresent(planned), notCopyable: notCopyable.length, held },
    targetId: planned.targetId,
  };
}

function describePlan(planned: PlannedSync, isWaiting: boolean): string {
  if (!hasChanges(planned)) return 'No changes.';
  const { add, move, remove } = toCounts(planned.plan);
  const clears = planned.clears.length;
  const emptied = clears > 0 ? `, ${clears} to take out of the inbox` : '';
  const counts = `${add} to add, ${remove} to remove, ${move} to move${emptied}`;
  const end = isWaiting ? ': it asks first.' : '.';
  return [`${counts}${end}`, describeHeld(planned.plan.held)].filter(Boolean).join(' ');
}

const toFailedState = (error: unknown): 'later' | 'failed' =>
  error instanceof EtlError && error.isRetryable ? 'later' : 'failed';

export function toFailure(name: string, error: unknown): PairResult {
  const isKnown = error instanceof EtlError || error instanceof UsageError;
  return {
    ...NO_FIGURES,
    name,
    state: toFailedState(error),
    message: isKnown ? error.message : 'A bug in this program: the log of the function says more.',
    figures: { name, ...(error instanceof EtlError && { code: error.code }) },
  };
}
