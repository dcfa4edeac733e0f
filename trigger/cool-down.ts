/** When requests may go out: one for all rows, since a rate limit is everybody's. */
import type { Clock } from '../lib/clock.ts';

export type CoolDown = {
  /** Waits this long, and until requests may go out; false where the start is over first. */
  wait: (ms?: number) => Promise<boolean>;
  /** Nobody asks before this moment. */
  until: (timestamp: number) => void;
};

/** Waits on the clock, whose sleep ends early when `signal` is aborted. */
export function createCoolDown(clock: Pick<Clock, 'now' | 'sleep'>, signal: AbortSignal): CoolDown {
  let opensAt = 0;
  return {
    wait: async (ms = 0) => {
      if (ms > 0 && !signal.aborted) await clock.sleep(ms);
      while (!signal.aborted && opensAt > clock.now()) await clock.sleep(opensAt - clock.now());
      return !signal.aborted;
    },
    until: (timestamp) => {
      opensAt = Math.max(opensAt, timestamp);
    },
  };
}
