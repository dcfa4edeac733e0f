import type { Clock } from '../../lib/clock.ts';

/** Holds reads to so many units per second on average, whoever shares it. */
export type ReadBudget = {
  /** Waits until a read may be sent, then takes what the last one cost. Returns what it took. */
  readonly take: (signal?: AbortSignal) => Promise<number>;
  /** Corrects what was taken by what the read did cost. */
  readonly settle: (taken: number, cost: number) => void;
  /** Units used so far. */
  readonly spent: () => number;
};

/** So that an abort is heard. */
const LONGEST_WAIT_MS = 500;

/**
 * A token bucket that holds one second's worth. A page's cost is known only afterwards, so the bucket may go below zero; the
 * next read then waits until it is filled again.
 */
export function createReadBudget(unitsPerSecond: number, clock: Clock): ReadBudget {
  let balance = unitsPerSecond;
  let filledAt = clock.now();
  // The first reads go out at once; what they cost too much is waited for after them.
  let expectedCost = 0;
  let spent = 0;
  const fill = (): void => {
    const now = clock.now();
    balance = Math.min(unitsPerSecond, balance + ((now - filledAt) / 1000) * unitsPerSecond);
    filledAt = now;
  };
  return {
    take: async (signal) => {
      fill();
      while (balance <= 0) {
        signal?.throwIfAborted();
        await clock.sleep(Math.min(LONGEST_WAIT_MS, (-balance / unitsPerSecond) * 1000 + 1));
        fill();
      }
      const taken = expectedCost;
      balance -= taken;
      return taken;
    },
    settle: (taken, cost) => {
      balance += taken - cost;
      spent += cost;
      if (cost > 0) expectedCost = cost;
    },
    spent: () => spent,
  };
}
