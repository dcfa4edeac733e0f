import { createWriteStream } from 'node:fs';
import { join, relative } from 'node:path';
import { clearLine, cursorTo } from 'node:readline';
import type { Writable } from 'node:stream';
import { type Command, CommanderError } from 'commander';
import pc from 'picocolors';
import * as z from 'zod/mini';
import { completeEnvironment } from '../cli/shared/environment.ts';
import { limitHeapGrowth } from '../cli/shared/heap.ts';
import { makeFolder } from '../lib/make-folder.ts';
import { type LocalSettings, parseLocalSettings } from './settings.ts';

export type Invocation = {
  readonly settings: LocalSettings;
  readonly recordedDir: string | undefined;
  /** Arguments that are not options. */
  readonly args: readonly string[];
  /** Aborted when the user or the system stops the program. */
  readonly stopping: AbortSignal;
};

const optionsSchema = z.object({ recorded: z.optional(z.string()) });

const USAGE_EXIT = 2;
const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a program of the local stack: reads `.env` and the command line, handles signals, and reports failures in one line. The
 * exit code is the result of `main`, 1 for a failure, 2 for wrong usage, 130 or 143 when stopped early. A second signal ends it
 * at once.
 */
export function runProgram(
  program: Command,
  main: (invocation: Invocation) => Promise<number>,
): void {
  limitHeapGrowth();
  const stopping = new AbortController();
  let stoppedExit = 1;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(SIGNAL_EXITS[signal]);
      stoppedExit = SIGNAL_EXITS[signal];
      stopping.abort(new Error('Stopped.'));
    });
  }
  program.exitOverride().action(async () => {
    completeEnvironment(process.env, { isOfCheckout: true });
    const { recorded } = optionsSchema.parse(program.opts());
    const settings = shorten(parseLocalSettings(process.env));
    process.exitCode = await main({
      // The simulated Spotify serves recordings, even if an app is set.
      settings: recorded === undefined ? settings : { ...settings, ownSpotify: undefined },
      recordedDir: recorded,
      args: program.args,
      stopping: stopping.signal,
    });
  });
  program.parseAsync().catch((error: unknown) => {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : USAGE_EXIT;
      return;
    }
    console.error(pc.red(`✖ ${error instanceof Error ? error.message : String(error)}`));
    process.exitCode = error === stopping.signal.reason ? stoppedExit : 1;
  });
}

/** Shows that a part of the stack is up. */
export function printReady(part: string, where: string): void {
  console.log(`${pc.green('✔')} ${part.padEnd(8)} ${where}`);
}

/** Shows a slow step, with a spinner on a terminal. Returns a function that ends it. */
export function showWait(what: string): () => void {
  const { stdout } = process;
  if (!stdout.isTTY) {
    console.log(`… ${what}`);
    return () => undefined;
  }
  let turns = 0;
  const draw = (): void => {
    stdout.write(`\r${pc.cyan(FRAMES[turns % FRAMES.length] ?? '')} ${what}`);
    turns += 1;
  };
  draw();
  const timer = setInterval(draw, 80);
  return () => {
    clearInterval(timer);
    clearLine(stdout, 0);
    cursorTo(stdout, 0);
  };
}

const FRAMES = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';

/** A new file for the functions' log. */
export async function openLog({
  dataDir,
}: LocalSettings): Promise<{ path: string; log: Writable }> {
  await makeFolder(dataDir);
  const path = join(dataDir, 'api.log');
  const log = createWriteStream(path);
  // The stack works without a log; if the disk is full, the tables report it.
  log.on('error', (error) => {
    console.error(pc.yellow(`! No more log: ${error.message}`));
  });
  return { path, log };
}

/** Shows a path inside the current folder relative to it. */
function shorten(settings: LocalSettings): LocalSettings {
  const path = relative(process.cwd(), settings.dataDir);
  return path === '' || path.startsWith('..') ? settings : { ...settings, dataDir: path };
}
