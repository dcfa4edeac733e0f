/** The pace: a token bucket told by one number, the moment at which it is full again. Pure. */

/** How calls are spread over time. */
export type Pace = {
  /** Calls that may follow each other without a wait. */
  readonly burstCalls: number;
  /** After the burst, so many calls start a second. */
  readonly callsPerSecond: number;
};

/** When each of some calls may start, in order, and when the bucket is full again after them. Milliseconds since the epoch. */
export type Schedule = { readonly startsAt: readonly number[]; readonly fullAt: number };

export function scheduleCalls(
  pace: Pace,
  { count, fullAt, now }: { readonly count: number; readonly fullAt: number; readonly now: number },
): Schedule {
  const intervalMs = toIntervalMs(pace);
  const toleranceMs = (pace.burstCalls - 1) * intervalMs;
  const startsAt: number[] = [];
  let full = fullAt;
  for (let call = 0; call < count; call += 1) {
    const startAt = Math.max(now, full - toleranceMs);
    startsAt.push(startAt);
    full = Math.max(full, startAt) + intervalMs;
  }
  return { startsAt, fullAt: full };
}

/** The bucket after calls that were scheduled and never made. */
export function giveBackCalls(pace: Pace, fullAt: number, count: number): number {
  return Math.max(0, fullAt - count * toIntervalMs(pace));
}

/**
 * The bucket as it can be: where nobody is given calls that start more than `farthestMs` ahead, one that is told to fill later than
 * that allows is taken for empty, and the teller's clock for wrong.
 */
export function believable(
  pace: Pace,
  {
    farthestMs,
    fullAt,
    now,
  }: { readonly farthestMs: number; readonly fullAt: number; readonly now: number },
): number {
  const emptyAt = now + pace.burstCalls * toIntervalMs(pace);
  return fullAt > emptyAt + farthestMs ? emptyAt : fullAt;
}

/** How long so many calls take at least from a full bucket. */
export function shortestMs(pace: Pace, count: number): number {
  return Math.max(0, count - pace.burstCalls) * toIntervalMs(pace);
}

function toIntervalMs({ callsPerSecond }: Pace): number {
  return 1000 / callsPerSecond;
}
