import { existsSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import pc from 'picocolors';
import * as z from 'zod/mini';
import { type LocalSettings, parseLocalSettings } from './settings.ts';

type Invocation = {
  readonly settings: LocalSettings;
  readonly recordedDir: string | undefined;
  /** Arguments that are not options. */
  readonly args: readonly string[];
  /** Resolves when the person or the system asks the program to stop. */
  readonly untilStopped: Promise<NodeJS.Signals>;
};

const optionsSchema = z.object({ recorded: z.optional(z.string()) });

const USAGE_EXIT = 2;

/**
 * Runs a program of the local stack: `.env` and the command line read, signals heard, failures told in one line. The exit
 * code is what `main` returns, 1 for a failure and 2 for wrong usage.
 */
export function runProgram(
  program: Command,
  main: (invocation: Invocation) => Promise<number>,
): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const untilStopped = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, resolve);
  });
  program.exitOverride().action(async () => {
    const { recorded } = optionsSchema.parse(program.opts());
    process.exitCode = await main({
      settings: parseLocalSettings(process.env),
      recordedDir: recorded,
      args: program.args,
      untilStopped,
    });
  });
  program.parseAsync().catch((error: unknown) => {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
      return;
    }
    console.error(pc.red(`✖ ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode = 1;
  });
}
