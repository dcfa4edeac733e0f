import { randomUUID } from 'node:crypto';
import type { Run, RunReport } from '../../etl/model/summaries.ts';

/** A run of a command, and what it has reported at its end. */
export type CommandRun = { readonly run: Run; report: Partial<RunReport> };

export function startRun(limitMs: number): CommandRun {
  const onEnd = (report: RunReport): void => {
    started.report = report;
  };
  const run = { runId: randomUUID(), deadlineAt: Date.now() + limitMs, onEnd };
  const started: CommandRun = { run, report: {} };
  return started;
}
