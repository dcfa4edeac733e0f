/** The process around a command, handed in by the entry point. */
export type Host = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Hears SIGINT and SIGTERM until the function it returns is called. */
  readonly onStopSignal: (listener: (signal: NodeJS.Signals) => void) => () => void;
  /** Ends the process where it stands. */
  readonly exit: (code: number) => void;
};
