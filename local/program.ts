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
  /** Aborted when the person or the system asks the program to stop. */
  readonly stopping: AbortSignal;
};

const optionsSchema = z.object({ recorded: z.optional(z.string()) });

const USAGE_EXIT = 2;
const SIGNAL_EXITS = { SIGINT: 130, SIGTERM: 143 } as const;

/**
 * Runs a program of the local stack: `.env` and the command line read, signals handled, failures reported in one line. The exit
 * code is what `main` returns, 1 for a failure, 2 for wrong usage, 130 or 143 when stopped early. A second signal ends it at
 * once.
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
      // Recordings are served by the simulated Spotify, whatever app there is.
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

/** Shows what takes a while, turning where the terminal can show it. Returns what ends it. */
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

/** The file for the functions' log, begun anew. */
export async function openLog({
  dataDir,
}: LocalSettings): Promise<{ path: string; log: Writable }> {
  await makeFolder(dataDir);
  const path = join(dataDir, 'api.log');
  const log = createWriteStream(path);
  // Without a log the stack can still work, and where the disk is full the tables say so.
  log.on('error', (error) => {
    console.error(pc.yellow(`! No more log: ${error.message}`));
  });
  return { path, log };
}

/** A path inside the current folder is shown, and can be typed, from there. */
function shorten(settings: LocalSettings): LocalSettings {
  const path = relative(process.cwd(), settings.dataDir);
  return path === '' || path.startsWith('..') ? settings : { ...settings, dataDir: path };
}
