/** Whether and when a row is tried again within one start. Pure. */
import { MAX_RETRY_AFTER_MS, type Outcome } from './outcome.ts';

const MAX_ATTEMPTS = 5;
const BASE_DELAY_MS = 500;
const MAX_DELAY_MS = 8_000;
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
