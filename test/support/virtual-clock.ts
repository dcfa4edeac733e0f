import { setImmediate as tick } from 'node:timers/promises';
import type { Clock } from '../../lib/clock.ts';

/** A clock on which every wait takes no time, but counts. */
export type VirtualClock = Clock & {
  /** The waits asked for, in order, in milliseconds. */
  readonly slept: readonly number[];
  readonly advance: (ms: number) => void;
};

export const START_MS = Date.UTC(2026, 10, 20, 12);

type ClockOptions = {
  readonly startMs?: number;
  /** What `random` gives in turn; the last one for ever. */
  readonly chances?: readonly number[];
};

/**
 * Sleepers wake in the order of their times, each once everything that was going on has had its turn; so waits that overlap
 * do not add up.
 */
export function createVirtualClock({
  startMs = START_MS,
  chances = [0.5],
}: ClockOptions = {}): VirtualClock {
  let now = startMs;
  let thrown = 0;
  const slept: number[] = [];
  const wakeTimes: number[] = [];
  return {
    now: () => now,
    random: () => {
      const chance = chances[Math.min(thrown, chances.length - 1)] ?? 0;
      thrown += 1;
      return chance;
    },
    sleep: async (ms) => {
      slept.push(ms);
      const wakeAt = now + ms;
      wakeTimes.push(wakeAt);
      do await tick();
      while (Math.min(...wakeTimes) < wakeAt);
      wakeTimes.splice(wakeTimes.indexOf(wakeAt), 1);
      now = Math.max(now, wakeAt);
    },
    slept,
    advance: (ms) => {
      now += ms;
    },
  };
}
