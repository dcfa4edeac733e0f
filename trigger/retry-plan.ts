/** Whether and when a row is tried again within one start. Pure. */
import type { Outcome } from './outcome.ts';

const MAX_ATTEMPTS = 5;
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 8_000;
/** Longer is not sat out: the next start will come. */
const MAX_RETRY_AFTER_MS = 120_000;
/** So many rows in a row without reaching the endpoint at all, and the rest are tried once each. */
const UNREACHABLE_ROWS = 3;

type RowState = {
  /** 1 for the first. */
  readonly attempt: number;
  /** How many rows before this one ended without reaching the endpoint. */
  readonly unreachableRows: number;
  /** At least 0, below 1. */
  readonly chance: number;
};

/** How long to wait before the next attempt; undefined to leave the row for another start. A `Retry-After` is obeyed exactly. */
export function planRetryMs(
  { isTransient, retryAfterMs }: Outcome,
  { attempt, unreachableRows, chance }: RowState,
): number | undefined {
  if (!isTransient || attempt >= MAX_ATTEMPTS || unreachableRows >= UNREACHABLE_ROWS) {
    return undefined;
  }
  if (retryAfterMs === undefined) {
    return chance * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** (attempt - 1));
  }
  return retryAfterMs > MAX_RETRY_AFTER_MS ? undefined : retryAfterMs;
}

/** An API that asks for minutes of silence asks it of every row. */
export function withLongPause(outcome: Outcome): Outcome {
  const isLong = (outcome.retryAfterMs ?? 0) > MAX_RETRY_AFTER_MS;
  return isLong && outcome.verdict === 'later' ? { ...outcome, verdict: 'stop' } : outcome;
}
