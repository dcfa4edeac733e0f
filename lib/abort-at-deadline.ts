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
  const limit = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => {
      reject(toError(limit.signal.reason));
    });
  });
  const timer = setTimeout(
    () => {
      limit.abort(onTimeout());
    },
    Math.min(ms, MAX_TIMER_MS),
  );
  const onAbort = (): void => {
    limit.abort(signal?.reason);
  };
  signal?.addEventListener('abort', onAbort);
  try {
    return await Promise.race([begin(limit.signal), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
