/** An undo or a restore: shown, agreed to, done. */
import { randomUUID } from 'node:crypto';
import {
  applyTask,
  type PlannedSync,
  planTask,
  type SyncOutcome,
  type SyncTask,
} from '../../app/sync.ts';
import {
  describeOutcome,
  hasChanges,
  type Named,
  toOutcomeJson,
  toPlanJson,
} from '../../app/sync-report.ts';
import { PLANNED_EXIT, STOPPED_EXIT } from '../shared/exit-codes.ts';
import { isAgreedTo } from '../shared/questions.ts';
import { writeErrorLine, writeLine } from '../shared/terminal.ts';
import type { SyncApp } from './options.ts';
import { heldLines, planLines } from './plan-lines.ts';
import { withProgress } from './progress.ts';

type Agreement = { readonly yes: boolean; readonly json: boolean; readonly quiet: boolean };

export type Wanted = {
  readonly named: Named;
  readonly task: SyncTask;
  /** What cannot be brought back, for people. */
  readonly note: string;
};

/** Returns the exit code. */
export async function showAndDo(
  app: SyncApp,
  { named, note, task }: Wanted,
  given: Agreement,
): Promise<number> {
  const isSilent = given.json || given.quiet;
  const shown = { ...given, name: named.name };
  const planned = await withProgress(app, shown, (watched) => planTask(watched, task));
  if (!isSilent) [...planLines(named, planned), note].forEach(writeLine);
  const canDo = planned.plan.stages.length > 0;
  // It was cut off right before its end: that is noted.
  const isOver = !canDo && planned.plan.held.length === 0 && task.resumes !== undefined;
  const isAgreed = isOver || (canDo && (given.yes || (!isSilent && (await isAgreedTo('Do it?')))));
  if (!isAgreed) return leave(named, planned, given);
  const outcome = await withProgress(app, shown, (watched) =>
    applyTask(watched, task, { planned, runId: randomUUID() }),
  );
  show(named, outcome, given);
  return toExitCode(outcome);
}

function leave(named: Named, planned: PlannedSync, { json, quiet }: Agreement): number {
  const result = { ...toPlanJson(named, planned), applied: false, run_id: null };
  if (json) writeLine(JSON.stringify({ pairs: [result] }));
  if (!hasChanges(planned)) return 0;
  if (planned.plan.held.length > 0) {
    if (quiet && !json) heldLines(planned.plan).forEach(writeErrorLine);
    return 1;
  }
  if (!json) writeLine('Nothing was done. To do it: the same command with --yes');
  return PLANNED_EXIT;
}

function toExitCode({ outcome, plan }: SyncOutcome): number {
  if (outcome === 'stopped') return STOPPED_EXIT;
  if (plan.held.length > 0) return 1;
  return outcome === 'done' || outcome === 'nothing' ? 0 : 1;
}

function show(named: Named, outcome: SyncOutcome, { json, quiet }: Agreement): void {
  if (json) writeLine(JSON.stringify({ pairs: [toOutcomeJson(named, outcome)] }));
  else if (!quiet || toExitCode(outcome) !== 0) {
    const address = `https://open.spotify.com/playlist/${outcome.targetId}`;
    writeLine(`${describeOutcome(outcome)} ${address}`);
  }
}
