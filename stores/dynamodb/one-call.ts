import type { Clock } from '../../lib/clock.ts';
import { backoffMs, retry } from '../../lib/retry.ts';
import { type CallPurpose, isRetryable, OutOfTimeError, toTableError } from './table-errors.ts';

/** A run's limits for its calls to the tables. */
export type RunLimits = {
  readonly clock: Clock;
  /** Milliseconds since the epoch; no call and no wait exceeds it. */
  readonly deadlineAt: number;
};

/** Sends one request with these options, which abort it when the run's time is up. */
type Send<Result> = (options: { readonly abortSignal: AbortSignal }) => Promise<Result>;

/** How long a call is repeated. */
export const REPEAT_BUDGET_MS = 12_000;
const WAITS = { baseMs: 50, maxMs: 2_000 };

/**
 * Repeats a call after transient errors, with growing, fully jittered waits (AWS: BatchWriteItem, "we strongly recommend
 * exponential backoff"). Gives up if the next wait would exceed the run's deadline.
 *
 * @throws OutOfTimeError if the time is up already; then nothing was sent
 */
export function repeat<Result>(
  { clock, deadlineAt }: RunLimits,
  send: Send<Result>,
  maxRepeats = Number.POSITIVE_INFINITY,
): Promise<Result> {
  const endsAt = Math.min(deadlineAt, clock.now() + REPEAT_BUDGET_MS);
  const attempt = (): Promise<Result> => {
    const leftMs = Math.ceil(deadlineAt - clock.now());
    if (leftMs <= 0) throw new OutOfTimeError('The time of the run is up.');
    return send({ abortSignal: AbortSignal.timeout(leftMs) });
  };
  return retry(attempt, {
    clock,
    planDelayMs: (error, attempts) => {
      if (attempts > maxRepeats || !isRetryable(error)) return undefined;
      const delayMs = backoffMs(attempts, { chance: clock.random(), ...WAITS });
      return clock.now() + delayMs < endsAt ? delayMs : undefined;
    },
  });
}

/** About a second and a half of waits, so that the caller soon learns that no table answers. */
const MAX_REPEATS = 6;

type Call = {
  readonly purpose: CallPurpose;
  /** What the call is, in messages. */
  readonly what: string;
  readonly limits: RunLimits;
  readonly maxRepeats?: number;
};

/**
 * Makes one idempotent call, and repeats it after transient errors.
 *
 * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`; if the time is up `RUN_OUT_OF_TIME`, in a load `LOAD_INCOMPLETE`
 */
export function callTable<Result>(
  { limits, maxRepeats = MAX_REPEATS, purpose, what }: Call,
  send: Send<Result>,
): Promise<Result> {
  return repeat(limits, send, maxRepeats).catch((cause: unknown) => {
    throw toTableError(purpose, what, cause);
  });
}
