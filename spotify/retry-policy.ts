import { backoffMs } from '../lib/retry.ts';
import type { Failure } from './transport.ts';

/** Time limit for one attempt, from the first byte sent to the last one read. */
export const ATTEMPT_TIMEOUT_MS = 8_000;
/** Time limit for all attempts of one request, including waits. */
export const REQUEST_BUDGET_MS = 20_000;
/** The longest wait in a function, which is paid by the second. */
export const MAX_RETRY_AFTER_MS = 10_000;

const MAX_ATTEMPTS = 4;
const BACKOFF = { baseMs: 250, maxMs: 4_000 };

export type AttemptState = {
  /** 1 for the first. */
  readonly attempt: number;
  /** The rest of the request's budget or the run's time. */
  readonly leftMs: number;
  /** At least 0, below 1. */
  readonly chance: number;
  /** A write is repeated only if Spotify surely has not done it. */
  readonly isWrite?: boolean;
};

/**
 * How long to wait before the next attempt, or undefined to give up. Retries network faults, time-outs, cut bodies, web pages
 * with 200, 5xx and short rate limits. Waits grow, with full jitter. A `Retry-After` is waited for in full; a zero does not mean
 * an immediate repeat. A body that is too large is not requested again, because reading it is expensive.
 */
export function planRetryMs(
  failure: Failure,
  { attempt, leftMs, chance, isWrite = false }: AttemptState,
): number | undefined {
  if (attempt >= MAX_ATTEMPTS || !isTransient(failure)) return undefined;
  if (isWrite && !isRateLimit(failure)) return undefined;
  const askedMs = failure.kind === 'status' ? failure.retryAfterMs : undefined;
  const delayMs = Math.max(askedMs ?? 0, backoffMs(attempt, { chance, ...BACKOFF }));
  return delayMs > MAX_RETRY_AFTER_MS || delayMs >= leftMs ? undefined : delayMs;
}

/** A used-up quota is not transient: it lasts hours, and calls meanwhile may lengthen it. */
function isTransient(failure: Failure): boolean {
  if (failure.kind === 'intercepted') return failure.status === 200;
  if (failure.kind !== 'status') return failure.kind !== 'too-large';
  return failure.status === 429 ? !isQuotaExceeded(failure) : failure.status >= 500;
}

const isRateLimit = (failure: Failure): failure is Extract<Failure, { kind: 'status' }> =>
  failure.kind === 'status' && failure.status === 429;

export function isQuotaExceeded(failure: Failure): boolean {
  return isRateLimit(failure) && failure.reason === 'QUOTA_EXCEEDED';
}

/** Whether the access token was refused, so that another one can help. */
export function isUnauthorised(failure: Failure): boolean {
  return failure.kind === 'status' && failure.status === 401;
}
