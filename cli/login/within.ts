type Patience = {
  readonly ms: number;
  /** What taking too long is told as. */
  readonly onTimeout: () => Error;
  readonly stop: AbortSignal;
};

/**
 * What is begun here, if it ends in time. The signal it is given tells it to give up, with the reason.
 *
 * @throws what the time-out makes, or what `stop` was given for
 */
export async function within<Value>(
  { ms, onTimeout, stop }: Patience,
  begin: (signal: AbortSignal) => Promise<Value>,
): Promise<Value> {
  stop.throwIfAborted();
  const limit = new AbortController();
  const ended = new Promise<never>((_resolve, reject) => {
    limit.signal.addEventListener('abort', () => {
      reject(toError(limit.signal.reason));
    });
  });
  const timer = setTimeout(() => {
    limit.abort(onTimeout());
  }, ms);
  const onStop = (): void => {
    limit.abort(stop.reason);
  };
  stop.addEventListener('abort', onStop);
  try {
    return await Promise.race([begin(limit.signal), ended]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', onStop);
  }
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
