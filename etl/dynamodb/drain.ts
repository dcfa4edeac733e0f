import type { RunLimits } from './run-limits.ts';

/** How long what DynamoDB hands back may be sent again before it is given up. */
export const DRAIN_BUDGET_MS = 12_000;

const BASE_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

/**
 * Sends a batch, and again what comes back unprocessed, with growing, fully jittered waits (AWS: BatchWriteItem, "we
 * strongly recommend exponential backoff"). Returns what is left when the time is up; nothing left is the rule.
 */
export async function drain<Unit>(
  batch: readonly Unit[],
  send: (units: readonly Unit[]) => Promise<readonly Unit[]>,
  { clock, deadlineAt }: RunLimits,
): Promise<readonly Unit[]> {
  const endsAt = Math.min(deadlineAt, clock.now() + DRAIN_BUDGET_MS);
  let left = await send(batch);
  for (let repeat = 0; left.length > 0; repeat += 1) {
    const delayMs = clock.random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** repeat);
    if (clock.now() + delayMs >= endsAt) return left;
    await clock.sleep(delayMs);
    left = await send(left);
  }
  return left;
}
