import { once } from 'node:events';

type Deadline = {
  readonly ms: number;
  readonly onTimeout: () => Error;
  readonly signal?: AbortSignal | undefined;
};

/** A timer with a longer time fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Waits for the promise of `begin`, at most until the deadline or until `signal` is aborted. The signal passed to `begin` is
 * aborted with the same reason. Measured in real time, as sockets are.
 */
export async function abortAtDeadline<Value>(
  { ms, onTimeout, signal }: Deadline,
  begin: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  signal?.throwIfAborted();
  const timeout = new AbortController();
  const timer = setTimeout(
    () => {
      timeout.abort(onTimeout());
    },
    Math.min(ms, MAX_TIMER_MS),
  );
  const either = AbortSignal.any([timeout.signal, ...(signal === undefined ? [] : [signal])]);
  const ended = once(either, 'abort').then((): never => {
    throw either.reason instanceof Error ? either.reason : new Error(String(either.reason));
  });
  try {
    return await Promise.race([begin(either), ended]);
  } finally {
    clearTimeout(timer);
    // Lets go of the caller's signal.
    timeout.abort();
  }
}
