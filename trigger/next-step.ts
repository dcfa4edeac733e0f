/** What a state machine does after an answer. Pure. */
import { type Outcome, planRetryMs } from './outcome.ts';

export type NextStep = {
  /** `settle`: the answer stands. `wait`: ask again after `wait_seconds`. `stop`: a person must act. */
  readonly next: 'settle' | 'wait' | 'stop';
  readonly wait_seconds: number;
  /** How often the playlist's own faults have been met. */
  readonly attempt: number;
};

type Asked = Pick<NextStep, 'attempt'> & {
  /** Whether nobody else waits for this playlist. */
  readonly isAlone: boolean;
  /** When the execution started. */
  readonly startedAt: number;
  readonly now: number;
  readonly chance: number;
};

/** For so long after its start an execution waits for the quota. */
const MAX_WAIT_MS = 14 * 86_400_000;
/** A longer wait for a playlist's own fault is for the next run. */
const MAX_OWN_WAIT_MS = 60_000;

export function planNext(outcome: Outcome, asked: Asked): NextStep {
  const { attempt, chance, isAlone, now, startedAt } = asked;
  const { isShared, retryAfterMs, verdict } = outcome;
  const waitFor = (ms: number, faults: number): NextStep => ({
    next: 'wait',
    wait_seconds: Math.max(1, Math.ceil(ms / 1000)),
    attempt: faults,
  });
  if (isShared && retryAfterMs !== undefined && now + retryAfterMs < startedAt + MAX_WAIT_MS) {
    return waitFor(retryAfterMs, attempt);
  }
  if (isShared || verdict === 'stop') return { next: 'stop', wait_seconds: 0, attempt };
  const faults = attempt + 1;
  const ownMs = verdict === 'later' && isAlone ? planRetryMs(outcome, faults, chance) : undefined;
  if (ownMs !== undefined && ownMs <= MAX_OWN_WAIT_MS) return waitFor(ownMs, faults);
  return { next: 'settle', wait_seconds: 0, attempt: faults };
}
