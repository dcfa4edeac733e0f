/** `spotify-etl sync plan`: what an apply would do. */
import { writeFile } from 'node:fs/promises';
import { type PlannedSync, planTask, sourceOf, toPairTask } from '../../app/sync.ts';
import {
  findCreated,
  type ListedPair,
  type PairFault,
  type Pairs,
  toPairs,
} from '../../app/sync-pairs.ts';
import { hasChanges, toPlanJson } from '../../app/sync-report.ts';
import { EtlError } from '../../etl/errors.ts';
import { messageOf, UsageError } from '../../lib/usage-error.ts';
import { readSyncs } from '../../trigger/syncs-file.ts';
import { defineCommand, type OptionsOf, optionalText } from '../shared/command.ts';
import { LATER_EXIT, PLANNED_EXIT } from '../shared/exit-codes.ts';
import { writeError, writeLine } from '../shared/terminal.ts';
import {
  assertNamed,
  fileOption,
  guardOptions,
  type SyncApp,
  sharedOptions,
  toSyncOptions,
  withSyncApp,
} from './options.ts';
import { type PlannedPair, toPlanFile } from './plan-file.ts';
import { planLines } from './plan-lines.ts';
import { withProgress } from './progress.ts';

const options = {
  out: optionalText('--out <file>', 'write the plan into a file, for sync apply --plan'),
  ...guardOptions,
  file: fileOption,
  ...sharedOptions,
};
type Options = OptionsOf<typeof options>;

export const command = defineCommand({
  name: 'plan',
  description: 'Shows what sync apply would do. Writes nothing.',
  arguments: [['[name...]', 'pairs by name (default: all)']],
  options,
  help: [
    'Examples:',
    '  spotify-etl sync plan                       every pair of syncs.csv',
    '  spotify-etl sync plan Inbox --out plan.json',
    '',
    'Signs: + added, - removed, ↕ moved, ? cannot be copied. Held changes are not made.',
    '',
    'Exit codes: 0 nothing to do, 1 failed, 2 wrong usage, 3 something to do or held, 75 try again later.',
  ],
  run,
});

async function run(given: Options, names: readonly string[]): Promise<number> {
  assertNamed(given, names);
  const rows = await readSyncs(given.file);
  return await withSyncApp(given, async (app) => {
    const pairs = toPairs(rows, names, await findCreated(app, rows));
    const worst = showFaults(pairs);
    const { failed, planned } = await planAll(app, pairs.pairs, given);
    const stop = failed.at(-1)?.stop;
    if (given.out !== undefined && stop === undefined) {
      await writeFile(given.out, toPlanFile(planned), { mode: 0o600 });
    }
    if (given.json) writePlans(planned, [...pairs.faults, ...failed]);
    if (stop !== undefined) throw stop;
    const exitCode = Math.max(worst, ...failed.map((each) => each.exitCode));
    if (exitCode > 0) return exitCode;
    return planned.some((each) => hasChanges(each.planned)) ? PLANNED_EXIT : 0;
  });
}

type Planned = { readonly planned: PlannedPair[]; readonly failed: (Failed & PairFault)[] };

/** Ends early after an error that concerns all. */
async function planAll(
  app: SyncApp,
  pairs: readonly ListedPair[],
  given: Options,
): Promise<Planned> {
  const all: Planned = { planned: [], failed: [] };
  for (const pair of pairs) {
    const found = await planPair(app, pair, given);
    if ('message' in found) {
      all.failed.push({ ...found, name: pair.name });
      if (found.stop !== undefined) break;
    } else {
      all.planned.push({ pair, planned: found, options: toSyncOptions(given, pair.maxRemovals) });
      if (given.json || given.quiet) continue;
      if (all.planned.length > 1) writeLine('');
      planLines(pair, found).forEach(writeLine);
    }
  }
  return all;
}

function writePlans(planned: readonly PlannedPair[], faults: readonly PairFault[]): void {
  const pairs = planned.map((each) => toPlanJson(each.pair, each.planned));
  const errors = faults.map(({ message, name }) => ({ name, message }));
  writeLine(JSON.stringify({ pairs, ...(errors.length > 0 && { errors }) }));
}

/** Returns the exit code. */
export function showFaults({ faults }: Pairs): number {
  for (const { message, name } of faults) writeError(`${name}: ${message}`);
  return faults.length > 0 ? 1 : 0;
}

type Failed = {
  readonly message: string;
  readonly exitCode: number;
  /** Thrown once the other pairs are printed and recorded. */
  readonly stop?: Error;
};

async function planPair(
  app: SyncApp,
  pair: ListedPair,
  given: Options,
): Promise<PlannedSync | Failed> {
  const options = toSyncOptions(given, pair.maxRemovals);
  return await withProgress(app, { ...given, name: pair.name }, (watched) =>
    planTask(watched, toPairTask({ ...watched, source: sourceOf(watched) }, pair, options)),
  ).catch((error: unknown) => toFailed(error, pair.name));
}

/** Prints a failure of one pair, which does not stop the others; what concerns all is to `stop` them. */
export function toFailed(error: unknown, name: string): Failed {
  const message = messageOf(error);
  const isOwn = error instanceof UsageError || (error instanceof EtlError && error.kind !== 'stop');
  if (!isOwn)
    return { message, exitCode: 1, stop: error instanceof Error ? error : new Error(message) };
  writeError(`${name}: ${message}`);
  const isRetryable = error instanceof EtlError && error.isRetryable;
  return { message, exitCode: isRetryable ? LATER_EXIT : 1 };
}
