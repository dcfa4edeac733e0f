/** `npx spotify-etl`: one command per file; each adds itself to the program. */
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import pc from 'picocolors';
import { addTriggerCommand } from '../trigger/command.ts';
import type { Host } from '../trigger/host.ts';

const USAGE_EXIT = 2;
/** sysexits.h `EX_TEMPFAIL`: try again later. */
const LATER_EXIT = 75;

const STOP_SIGNALS = ['SIGINT', 'SIGTERM'] as const;

if (existsSync('.env')) process.loadEnvFile('.env');

const host: Host = {
  env: process.env,
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  exit: (code) => process.exit(code),
  onStopSignal: (listener) => {
    for (const signal of STOP_SIGNALS) process.on(signal, listener);
    return () => {
      for (const signal of STOP_SIGNALS) process.off(signal, listener);
    };
  },
};
const setExitCode = (code: number): void => {
  process.exitCode = code;
};

// Whoever reads the output may leave early (`| head`); the rows are recorded all the same.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

const program = new Command('spotify-etl')
  .description('Your Spotify playlists as clean tables.')
  .exitOverride();
addTriggerCommand(program, host, setExitCode);

program.parseAsync().catch((error: unknown) => {
  if (error instanceof CommanderError) {
    setExitCode(error.exitCode === 0 ? 0 : USAGE_EXIT);
    return;
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  process.stderr.write(`${pc.red(`✖ ${message}`)}\n`);
  setExitCode(toExitCode(name));
});

/** By name: the errors' own files are loaded with the command that throws them. */
function toExitCode(name: string): number {
  if (name === 'UsageError') return USAGE_EXIT;
  return name === 'LockedError' ? LATER_EXIT : 1;
}
