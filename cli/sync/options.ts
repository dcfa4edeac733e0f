/** Options and settings that the commands of `sync` share. */
import { randomUUID } from 'node:crypto';
import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod/mini';
import type { SyncPorts } from '../../app/sync.ts';
import { MAX_LIST_ITEMS, type SyncOptions } from '../../etl/model/sync.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { field, flag, type OptionsOf, text } from '../shared/command.ts';
import { libraryOption } from '../shared/library.ts';
import { writeWarning } from '../shared/terminal.ts';
import { withLibraryApp } from '../shared/with-library-app.ts';

/** Enough for two lists of 10,000 items at a call a second. */
const RUN_MS = 3_600_000;

export const sharedOptions = {
  library: libraryOption,
  json: flag('--json', 'print a JSON object'),
  quiet: flag('--quiet', 'print only what a person must know'),
};

export const fileOption = text('--file <path>', 'the pairs', 'syncs.csv');

export const guardOptions = {
  allowRemovals: field(
    z.optional(z.number()),
    new Option('--allow-removals <n>', 'this once, remove up to so many items').argParser(
      parseMost,
    ),
  ),
  allowEmpty: flag('--allow-empty', 'the source is really empty, or really so small'),
  allowRewrite: flag(
    '--allow-rewrite',
    'a list above 100 items may be emptied and filled again in several calls; for that time it is cut short, and the dates added are lost',
  ),
  confirmExact: flag('--confirm-exact', 'this exact mirror may remove whatever its source lacks'),
};

function parseMost(given: string): number {
  if (/^\d{1,5}$/.test(given) && Number(given) <= MAX_LIST_ITEMS) return Number(given);
  throw new InvalidArgumentError(`It must be a whole number up to ${MAX_LIST_ITEMS}.`);
}

type Guards = OptionsOf<typeof guardOptions>;

/** @throws UsageError where a permission to remove would be given to every pair */
export function assertNamed(
  { allowRemovals, confirmExact }: Guards,
  names: readonly string[],
): void {
  if (names.length > 0 || (allowRemovals === undefined && !confirmExact)) return;
  throw new UsageError('--allow-removals and --confirm-exact need the names of the pairs.');
}

export function toSyncOptions(given: Guards, maxRemovals: number | undefined): SyncOptions {
  const { allowEmpty, allowRemovals, allowRewrite, confirmExact: confirmsExact } = given;
  return { maxRemovals: allowRemovals ?? maxRemovals, allowEmpty, allowRewrite, confirmsExact };
}

export type SyncApp = Pick<SyncPorts, 'journal'> & {
  readonly signal: AbortSignal;
  /** With a share of the quota of its own: one for each pair. */
  sync<Result>(work: (ports: SyncPorts) => Promise<Result>): Promise<Result>;
};

/** Runs `work` with Spotify and the journal; prints the run's warnings. Returns an exit code. */
export async function withSyncApp(
  given: OptionsOf<typeof sharedOptions>,
  work: (app: SyncApp) => Promise<number>,
): Promise<number> {
  const needs = { environment: process.env, needsLogin: true, features: ['sync'] } as const;
  return await withLibraryApp(given, needs, async (app, signal) => {
    const warnings: string[] = [];
    const run = {
      ...{ runId: randomUUID(), deadlineAt: Date.now() + RUN_MS, signal },
      onEnd: (report: { readonly warnings?: readonly string[] | undefined }) =>
        void warnings.push(...(report.warnings ?? [])),
    };
    try {
      const { syncJournal: journal } = app;
      return await work({ journal, signal, sync: (each) => app.sync(run, each) });
    } finally {
      warnings.forEach(writeWarning);
    }
  });
}
