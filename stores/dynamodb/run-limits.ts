import type { Clock } from '../../lib/clock.ts';

/** How long a run may still use the tables. */
export type RunLimits = {
  readonly clock: Clock;
  /** Milliseconds since the epoch; no call and no wait goes beyond it. */
  readonly deadlineAt: number;
};

/** The run's time was up before a call could be sent. */
export class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
}

/**
 * Options of one call: it is broken off when the run's time is up.
 *
 * @throws OutOfTimeError where the time is up already; the call must then not be sent
 */
export function withinTime({ clock, deadlineAt }: RunLimits): { abortSignal: AbortSignal } {
  const leftMs = Math.ceil(deadlineAt - clock.now());
  if (leftMs <= 0) throw new OutOfTimeError('The time of the run is up.');
  return { abortSignal: AbortSignal.timeout(leftMs) };
}
