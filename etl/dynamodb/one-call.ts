import { startRepeats } from './drain.ts';
import type { RunLimits } from './run-limits.ts';
import {
  isThrottling,
  mayPass,
  toLastWriteError,
  toReadError,
  toTableError,
} from './table-errors.ts';

/** About a second and a half of waits: who asks is told soon that there is no table to answer. */
const MAX_REPEATS = 6;

/** What of a run one call is, for messages, and how long it may take. */
type CallContext = {
  readonly what: string;
  readonly limits: RunLimits;
  /** Whether the call must not be applied twice: it is then repeated only after a refusal. */
  readonly isOnce?: boolean;
};

/**
 * Runs one call, and again while what it fails with may pass. Where it fails all the same, the error
 * says what for.
 *
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export function orTableError<Result>(
  context: CallContext,
  call: () => Promise<Result>,
): Promise<Result> {
  return repeatedly(call, context, (cause) => toTableError(context.what, cause));
}

/**
 * The same for a call after which nothing is to be written.
 *
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `RUN_OUT_OF_TIME`
 */
export function orReadError<Result>(
  context: CallContext,
  call: () => Promise<Result>,
): Promise<Result> {
  return repeatedly(call, context, (cause) => toReadError(context.what, cause));
}

/**
 * The same for the write of the playlist's row: with what it says nobody knows whether the row stands.
 *
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export function orLastWriteError<Result>(
  limits: RunLimits,
  call: () => Promise<Result>,
): Promise<Result> {
  return repeatedly(call, { limits }, toLastWriteError);
}

async function repeatedly<Result>(
  call: () => Promise<Result>,
  { isOnce = false, limits }: Omit<CallContext, 'what'>,
  toError: (cause: unknown) => unknown,
): Promise<Result> {
  const mayRepeat = startRepeats(limits);
  for (let repeats = 0; ; repeats += 1) {
    try {
      return await call();
    } catch (cause) {
      const isWorthIt = repeats < MAX_REPEATS && (isOnce ? isThrottling(cause) : mayPass(cause));
      if (!isWorthIt || !(await mayRepeat())) throw toError(cause);
    }
  }
}
