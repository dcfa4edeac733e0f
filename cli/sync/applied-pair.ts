/** What became of a pair, for people, as JSON, and for the file. */
import type { PairOutcome, PlannedSync } from '../../app/sync.ts';
import { type ListedPair, type PairFault } from '../../app/sync-pairs.ts';
import { describeOutcome, hasChanges, toOutcomeJson, toPlanJson } from '../../app/sync-report.ts';
import { toUnread } from '../../app/sync-result.ts';
import type { EtlError } from '../../etl/errors.ts';
import type { Settled } from '../../etl/model/sync.ts';
import type { Recorded } from '../../trigger/syncs-file.ts';
import { LATER_EXIT, PLANNED_EXIT } from '../shared/exit-codes.ts';
import { writeErrorLine, writeLine } from '../shared/terminal.ts';
import { differenceLines, planLines } from './plan-lines.ts';

export type Done = {
  readonly exitCode: number;
  readonly json?: object;
  readonly recorded?: Recorded;
  readonly fault?: PairFault;
  /** Ends all, once what was done is printed and recorded. */
  readonly stop?: Error;
};

type Printed = { readonly json: boolean; readonly quiet: boolean };

/** Of a pair that was not read. */
export function leaveUnread(pair: ListedPair, known: Settled, { json, quiet }: Printed): Done {
  const { figures, message } = toUnread(pair, known);
  if (!json && !quiet) writeLine(`${pair.name}: ${message}`);
  const made = { applied: false, outcome: 'nothing', run_id: null, writes: 0 };
  const target_id = typeof pair.target === 'string' ? pair.target : undefined;
  return {
    exitCode: 0,
    json: { ...figures, ...made, target_id, not_addable: [], not_removable: [] },
    recorded: { last_run: new Date().toISOString(), response: message },
  };
}

export function toUndone(pair: ListedPair, planned: PlannedSync): Done {
  writeErrorLine(`${pair.name}: nothing was done. To do it: the same command with --yes`);
  const json = { ...toPlanJson(pair, planned), applied: false, run_id: null };
  return { exitCode: PLANNED_EXIT, json };
}

type Shown = {
  readonly given: Printed;
  readonly planned: PlannedSync | undefined;
  readonly wasShown: boolean;
};

export function toDone(pair: ListedPair, outcome: PairOutcome, shown: Shown): Done {
  const { notCleared, outcome: result, targetId } = outcome;
  const response = describeOutcome(outcome);
  const isFine = isAllDone(outcome);
  if (!shown.given.json && !(shown.given.quiet && isFine)) show(pair, outcome, shown);
  if (result === 'stale' && shown.planned !== undefined) {
    differenceLines(shown.planned.plan, outcome.list).forEach(writeErrorLine);
  }
  return {
    exitCode: isFine ? 0 : 1,
    ...(notCleared && toFault(pair, notCleared)),
    json: toOutcomeJson(pair, outcome),
    recorded: { last_run: new Date().toISOString(), response, ...toTarget(pair, targetId) },
  };
}

/** The link of a new list. A dated pair makes the next one next week. */
function toTarget({ mode, target }: ListedPair, targetId: string | undefined): Recorded {
  const isNew = typeof target !== 'string' && targetId !== undefined && mode !== 'dated';
  return isNew ? { target: `https://open.spotify.com/playlist/${targetId}` } : {};
}

/** That of an inbox that was not emptied. */
const toFault = ({ name }: ListedPair, error: EtlError): Omit<Done, 'json' | 'recorded'> => ({
  exitCode: error.isRetryable ? LATER_EXIT : 1,
  fault: { name, message: error.message },
  ...(error.kind === 'stop' && { stop: error }),
});

const isAllDone = ({ cleared, notCleared, outcome, plan }: PairOutcome): boolean =>
  notCleared === undefined &&
  (outcome === 'done' || outcome === 'nothing') &&
  plan.held.length === 0 &&
  (cleared === undefined || isAllDone(cleared));

function show(pair: ListedPair, outcome: PairOutcome, { wasShown }: Shown): void {
  if (!wasShown && hasChanges(outcome)) planLines(pair, outcome).forEach(writeLine);
  writeLine(`${pair.name}: ${describeOutcome(outcome)}`);
}

export function writeDone(done: readonly Done[]): void {
  const errors = done.flatMap(({ fault }) => fault ?? []);
  const pairs = done.flatMap(({ json }) => json ?? []);
  writeLine(JSON.stringify({ pairs, ...(errors.length > 0 && { errors }) }));
}
