import { type SeededRandom } from './seeded-random.ts';

const HOUR_MS = 3_600_000;
const WINDOW_MS = 24 * HOUR_MS;

/** Counts the calls of a rolling day and, once they are used up, refuses for 13 to 24 hours. */
export type QuotaGate = {
  /** Undefined: the call is allowed and counted. A number: refused, come back after so many seconds. */
  refuseSeconds: (quota: number) => number | undefined;
  /** Forgets all calls and any penalty. */
  clear: () => void;
};

/** Starts with no calls counted. A caller who waits as told finds its whole quota back. */
export function createQuotaGate(now: () => number, random: SeededRandom): QuotaGate {
  let calls: number[] = [];
  let closedUntilMs = 0;
  return {
    refuseSeconds: (quota) => {
      const nowMs = now();
      if (nowMs < closedUntilMs) return Math.ceil((closedUntilMs - nowMs) / 1000);
      calls = calls.filter((at) => at > Math.max(nowMs - WINDOW_MS, closedUntilMs - 1));
      if (calls.length < quota) {
        calls.push(nowMs);
        return undefined;
      }
      closedUntilMs = nowMs + random.integer(13 * 3600, 24 * 3600) * 1000;
      return Math.ceil((closedUntilMs - nowMs) / 1000);
    },
    clear: () => {
      calls = [];
      closedUntilMs = 0;
    },
  };
}
