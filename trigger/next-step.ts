/** What a state machine does after an answer. Pure. */
import type { Outcome } from './outcome.ts';

export type NextStep = {
  /** `settle`: the answer stands. `wait`: ask again after `wait_seconds`. `stop`: a person must act. */
  readonly next: 'settle' | 'wait' | 'stop';
  readonly wait_seconds: number;
};

/** For so long after its start an execution waits for the quota. */
const MAX_WAIT_MS = 14 * 86_400_000;

/** Only what all playlists must wait for is waited for. */
export function planNext(
  { isShared, retryAfterMs, verdict }: Outcome,
  { now, startedAt }: { readonly now: number; readonly startedAt: number },
): NextStep {
  if (isShared && retryAfterMs !== undefined && now + retryAfterMs < startedAt + MAX_WAIT_MS) {
    return { next: 'wait', wait_seconds: Math.max(1, Math.ceil(retryAfterMs / 1000)) };
  }
  return { next: isShared || verdict === 'stop' ? 'stop' : 'settle', wait_seconds: 0 };
}
