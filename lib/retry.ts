import pRetry from 'p-retry';
import type { Clock } from './clock.ts';

type RetryOptions = {
  readonly clock: Clock;
  /** Milliseconds to wait before the next attempt, or undefined to give up. `attempt` is the one that failed, from 1. */
  readonly planDelayMs: (error: Error, attempt: number) => number | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Calls `attempt` until it succeeds or `planDelayMs` gives up, then throws its last error. A TypeError other than a network error
 * is a bug and is never retried. After an abort it starts no attempt and throws the signal's reason.
 */
export async function retry<T>(
  attempt: (attempt: number) => Promise<T>,
  { clock, planDelayMs, signal }: RetryOptions,
): Promise<T> {
  return await pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 0,
    shouldRetry: async ({ error, attemptNumber }) => {
      const delayMs = planDelayMs(error, attemptNumber);
      if (delayMs === undefined) return false;
      await clock.sleep(delayMs);
      return true;
    },
    ...(signal === undefined ? {} : { signal }),
  });
}

type Backoff = {
  /** At least 0, below 1. */
  readonly chance: number;
  readonly baseMs: number;
  readonly maxMs: number;
};

/** The wait after a failed `attempt` (from 1): doubled each time, capped, with full jitter. */
export function backoffMs(attempt: number, { chance, baseMs, maxMs }: Backoff): number {
  return chance * Math.min(maxMs, baseMs * 2 ** (attempt - 1));
}
