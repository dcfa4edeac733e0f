/** What people and systems ask a command to stop by. */
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** As a shell has it for Ctrl-C. */
export const STOPPED_EXIT = 130;

export type Stopping = {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** Hears no more: the next signal ends the process. */
  readonly end: () => void;
};

/** Hears signals until it is ended. `toReason` makes what `signal` is then aborted with. */
export function hearStopSignals(toReason: () => unknown = () => undefined): Stopping {
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
