/** The process around a command, handed in by the entry point. */
export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Hears SIGINT and SIGTERM until the function it returns is called. */
  readonly onStopSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
  /** Time and chance; a sleep ends early when its signal is aborted. */
  readonly now: () => number;
  readonly random: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Ends the process where it stands. */
  readonly exit: (code: number) => void;
};
