import { setTimeout as sleep } from 'node:timers/promises';
import type { LibraryApp } from '../../app/library-app.ts';
import { EtlError } from '../../etl/errors.ts';
import type { PollSummary } from '../../etl/model/plays.ts';
import { startRun } from '../shared/run.ts';
import type { CollectReporter } from './collect-report.ts';

type Polled = PollSummary & { readonly warnings: readonly string[] };

type Poller = Pick<LibraryApp, 'pollPlays'>;

/** One call, with its waits for the pace. */
const RUN_MS = 60_000;
/** The shortest wait after a failure. */
const MIN_RETRY_MS = 60_000;

/** @throws EtlError */
export async function poll(app: Poller, isDryRun: boolean): Promise<Polled> {
  const started = startRun(RUN_MS);
  const summary = await app.pollPlays(started.run, { isDryRun });
  return { ...summary, warnings: started.report.warnings ?? [] };
}

type Loop = {
  readonly everyMs: number;
  readonly isDryRun: boolean;
  readonly reporter: CollectReporter;
  readonly signal: AbortSignal;
};

/**
 * Polls until `signal` is given. What passes by itself is reported, and asked again as soon as that may help.
 *
 * @throws EtlError where a person must act
 */
export async function pollEvery(
  app: Poller,
  { everyMs, isDryRun, reporter, signal }: Loop,
): Promise<void> {
  while (!signal.aborted) {
    const startedAt = Date.now();
    let waitMs = everyMs;
    try {
      reporter.onPoll(await poll(app, isDryRun));
    } catch (error) {
      if (!(error instanceof EtlError) || !error.isRetryable) throw error;
      reporter.onFailure(error);
      const retryMs = (error.retryAfterSeconds ?? everyMs / 1000) * 1000;
      waitMs = Math.max(MIN_RETRY_MS, retryMs);
    }
    const nextAt = startedAt + waitMs;
    reporter.onWait(nextAt);
    await sleep(Math.max(0, nextAt - Date.now()), undefined, { signal }).catch(() => undefined);
  }
}
