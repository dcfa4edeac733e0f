/** A token bucket, stored as the moment at which it is full again. Pure. */

export type Pace = {
  /** Calls without a wait between them. */
  readonly burstCalls: number;
  /** Calls per second after the burst. */
  readonly callsPerSecond: number;
};

/** When each call can start, in order, and when the bucket is full again after them. Milliseconds since the epoch. */
export type Schedule = { readonly startsAt: readonly number[]; readonly fullAt: number };

/** No call is scheduled further ahead; a bucket beyond that comes from a wrong clock. */
export const MAX_AHEAD_MS = 300_000;

/** Without a pace, calls start at once. */
export function scheduleCalls(
  pace: Pace | undefined,
  { count, fullAt, now }: { readonly count: number; readonly fullAt: number; readonly now: number },
): Schedule {
  if (pace === undefined) return { startsAt: Array<number>(count).fill(now), fullAt };
  const intervalMs = 1000 / pace.callsPerSecond;
  const burstMs = pace.burstCalls * intervalMs;
  // A bucket that a wrong clock filled counts as empty.
  const isWrong = fullAt > now + burstMs + MAX_AHEAD_MS;
  const fullBefore = isWrong ? now + burstMs : Math.max(now, fullAt);
  return {
    startsAt: Array.from({ length: count }, (_, call) =>
      Math.max(now, fullBefore + (call + 1) * intervalMs - burstMs),
    ),
    fullAt: Math.ceil(fullBefore + count * intervalMs),
  };
}

/** The bucket after the last scheduled calls were returned. */
export function giveBackCalls(pace: Pace | undefined, fullAt: number, count: number): number {
  return pace === undefined ? fullAt : Math.ceil(fullAt - (count * 1000) / pace.callsPerSecond);
}
