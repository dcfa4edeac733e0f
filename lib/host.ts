import type { Clock } from './clock.ts';

/** The process around a command, passed in by the entry point. */
export type Host = Omit<Clock, 'sleep'> & {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Calls `listener` for SIGINT and SIGTERM until the returned function is called. */
  readonly onStopSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
  /** Ends early when `signal` is aborted. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
};
