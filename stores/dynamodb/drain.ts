import type { RunLimits } from './run-limits.ts';

/** How long what DynamoDB hands back may be sent again before it is given up. */
export const DRAIN_BUDGET_MS = 12_000;

const BASE_DELAY_MS = 50;
const MAX_DELAY_MS = 2_000;

/**
 * Waits before repeats: growing, and fully jittered (AWS: BatchWriteItem, "we strongly recommend exponential backoff"). What
 * it returns waits before the next repeat, or says at once that there is no time for one.
 */
export function startRepeats({ clock, deadlineAt }: RunLimits): () => Promise<boolean> {
  const endsAt = Math.min(deadlineAt, clock.now() + DRAIN_BUDGET_MS);
  let repeats = 0;
  return async () => {
    const delayMs = clock.random() * Math.min(MAX_DELAY_MS, BASE_DELAY_MS * 2 ** repeats);
    repeats += 1;
    if (clock.now() + delayMs >= endsAt) return false;
    await clock.sleep(delayMs);
    return true;
  };
}

/** Sends a batch, and again what comes back unprocessed. Returns what is left when the time is up; nothing left is the rule. */
export async function drain<Unit>(
  batch: readonly Unit[],
  send: (units: readonly Unit[]) => Promise<readonly Unit[]>,
  limits: RunLimits,
): Promise<readonly Unit[]> {
  const mayRepeat = startRepeats(limits);
  let left = await send(batch);
  while (left.length > 0 && (await mayRepeat())) left = await send(left);
  return left;
}
