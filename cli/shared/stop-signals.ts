const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export type Stopping = {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** Stops listening: the next signal ends the process. */
  readonly end: () => void;
};

/** Aborts at SIGINT or SIGTERM, with what `toReason` returns, until `end` is called. */
export function abortOnSignal(toReason: () => unknown = () => undefined): Stopping {
  const stop = new AbortController();
  const onSignal = (): void => {
    stop.abort(toReason());
  };
  for (const signal of SIGNALS) process.once(signal, onSignal);
  return {
    signal: stop.signal,
    end: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}
