import { Logger } from '@aws-lambda-powertools/logger';
import * as z from 'zod/mini';
import { systemClock } from '../app/app.ts';
import { parsePlaysConfig } from '../app/config.ts';
import { createPlaysApp, type PlaysApp } from '../app/plays-app.ts';
import { parseRunEvent } from '../app/run-event.ts';
import { EtlError } from '../etl/errors.ts';
import type { PollSummary } from '../etl/model/plays.ts';
import type { Run, RunMeasures, RunReport } from '../etl/model/summaries.ts';
import type { Clock } from '../lib/clock.ts';
import type { RunContext } from './http/api-handler.ts';
import { publishPoll, toFailedOutcome } from './http/metrics.ts';

/** The schedule's input, like the options of `spotify-etl plays collect`. */
const eventSchema = z.strictObject({ dryRun: z._default(z.boolean(), false) });

type Parts = {
  readonly openApp: () => PlaysApp;
  readonly clock: Clock;
};

/** The answer and log line of a poll: counts, no titles. */
export type PollReport = Partial<PollSummary & RunReport> & {
  readonly status: 'collected' | 'dry-run' | 'later';
  readonly run_id: string;
  /** Why it is `later`. */
  readonly code?: string;
};

export type PlaysHandler = (event: unknown, context: RunContext) => Promise<PollReport>;

type Ended = Partial<RunReport & RunMeasures>;

/** Reserved for the answer itself when the function's time runs out. */
const ANSWER_RESERVE_MS = 1_500;
const DAY_MS = 86_400_000;

const logger = new Logger({ serviceName: 'spotify-etl' });

/**
 * Polls once. What passes by itself is answered as `later`, because the next poll makes up for it, and an alarm goes off where none
 * succeeds for an hour. Throws where a person must act.
 */
export function createPlaysHandler({ clock, openApp }: Parts): PlaysHandler {
  let app: PlaysApp | undefined;
  return async (event, context) => {
    const runId = context.awsRequestId;
    let ended: Ended = {};
    const run: Run = {
      runId,
      deadlineAt: clock.now() + context.getRemainingTimeInMillis() - ANSWER_RESERVE_MS,
      onEnd: (report, measures) => {
        ended = { ...report, ...measures };
        for (const warning of report.warnings ?? []) logger.warn(warning, { run_id: runId });
      },
    };
    try {
      const { dryRun: isDryRun } = parseRunEvent(eventSchema, event, 'docs/listening.md');
      app ??= openApp();
      const summary = await app.pollPlays(run, { isDryRun });
      publishPoll({
        ...toPublished(runId, ended),
        outcome: 'polled',
        ...(!isDryRun && { effect: toEffect(summary, clock.now()) }),
      });
      const status = isDryRun ? 'dry-run' : 'collected';
      const report: PollReport = { status, ...summary, ...toFigures(runId, ended) };
      logger.info('run finished', { run_id: runId, result: report });
      return report;
    } catch (error) {
      return fail(error, runId, ended);
    }
  };
}

function fail(error: unknown, runId: string, ended: Ended): PollReport {
  const code = error instanceof EtlError ? error.code : 'INTERNAL';
  const outcome = toFailedOutcome(error);
  publishPoll({ ...toPublished(runId, ended, code), outcome });
  const cause = error instanceof Error ? error : String(error);
  const line = { ...toFigures(runId, ended), code, error: cause };
  if (outcome !== 'retriable') {
    logger.error('run failed', line);
    throw error;
  }
  logger.warn('run failed', line);
  return { status: 'later', code, ...toFigures(runId, ended) };
}

/** What an answer and a log line have of a run's figures. */
function toFigures(runId: string, { duration_ms, spotify_requests, token_days_left }: Ended) {
  return {
    run_id: runId,
    ...(spotify_requests !== undefined && { spotify_requests }),
    ...(duration_ms !== undefined && { duration_ms }),
    ...(token_days_left !== undefined && { token_days_left }),
  };
}

function toPublished(runId: string, ended: Ended, code?: string) {
  const isLoginOver = code === 'REAUTH_REQUIRED';
  const published = { ...ended, functionName: 'plays', run_id: runId };
  return isLoginOver ? { ...published, token_days_left: 0 } : published;
}

/** New plays are published even if there are none: the number of values is the number of successful polls. */
function toEffect({ gaps, new: NewPlays, quiet_since: quietSince }: PollSummary, now: number) {
  const quietMs = quietSince === undefined ? 0 : now - Date.parse(quietSince);
  return { NewPlays, PlayGaps: gaps, QuietDays: Math.floor(quietMs / DAY_MS) };
}

export const handler = createPlaysHandler({
  openApp: () => createPlaysApp(parsePlaysConfig()),
  clock: systemClock,
});
