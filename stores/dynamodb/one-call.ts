import { backoffMs, retry } from '../../lib/retry.ts';
import type { RunLimits } from './run-limits.ts';
import { isRetryable, toLastWriteError, toReadError, toTableError } from './table-errors.ts';

/** How long a call is repeated before it is given up. */
export const REPEAT_BUDGET_MS = 12_000;
const BASE_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

/**
 * Repeats a call while what it fails with may pass, with growing, fully jittered waits (AWS: BatchWriteItem, "we strongly
 * recommend exponential backoff"), and gives up where the next wait would go beyond the run's deadline.
 */
export function repeat<Result>(
  { clock, deadlineAt }: RunLimits,
  call: () => Promise<Result>,
  maxRepeats = Number.POSITIVE_INFINITY,
): Promise<Result> {
  const endsAt = Math.min(deadlineAt, clock.now() + REPEAT_BUDGET_MS);
  return retry(call, {
    clock,
    planDelayMs: (error, attempt) => {
      if (attempt > maxRepeats || !isRetryable(error)) return undefined;
      const options = { chance: clock.random(), baseMs: BASE_DELAY_MS, maxMs: MAX_DELAY_MS };
      const delayMs = backoffMs(attempt, options);
      return clock.now() + delayMs < endsAt ? delayMs : undefined;
    },
  });
}

/** About a second and a half of waits: the caller soon hears that no table answers. */
const MAX_REPEATS = 6;

/** What a call is for, in messages, and how long it may take. */
type CallContext = {
  readonly what: string;
  readonly limits: RunLimits;
  readonly maxRepeats?: number | undefined;
};

/**
 * Makes one call that may be made twice, and repeats it while what it fails with may pass.
 *
 * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export function orTableError<Result>(
  { limits, what }: CallContext,
  call: () => Promise<Result>,
): Promise<Result> {
  return repeat(limits, call, MAX_REPEATS).catch((cause: unknown) => {
    throw toTableError(what, cause);
  });
}

/**
 * The same for a call after which nothing is written.
 *
 * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `RUN_OUT_OF_TIME`
 */
export function orReadError<Result>(
  { limits, maxRepeats = MAX_REPEATS, what }: CallContext,
  call: () => Promise<Result>,
): Promise<Result> {
  return repeat(limits, call, maxRepeats).catch((cause: unknown) => {
    throw toReadError(what, cause);
  });
}

/**
 * The same for the write of the playlist's row. After a failure nobody knows whether the row was written.
 *
 * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export function orLastWriteError<Result>(
  limits: RunLimits,
  call: () => Promise<Result>,
): Promise<Result> {
  return repeat(limits, call, MAX_REPEATS).catch((cause: unknown) => {
    throw toLastWriteError(cause);
  });
}
