/** Which of two runs of one playlist stays: the one that began to read later. */
import { EtlError } from '../etl/errors.ts';
import type { Clock } from '../lib/clock.ts';

/** By how much the clock of another run may be ahead. */
const CLOCK_SKEW_MS = 300_000;

/** A stored `extracted_at` beyond this is of a clock that was wrong, and keeps no other read away. */
export function latestBelievable(clock: Clock): string {
  return new Date(clock.now() + CLOCK_SKEW_MS).toISOString();
}

export function newerRunWon(cause?: unknown): EtlError {
  const message =
    'While this run was reading, a newer one loaded the same playlist. Its rows are stored; nothing is left to do.';
  return new EtlError('NEWER_RUN_WON', message, { cause });
}
