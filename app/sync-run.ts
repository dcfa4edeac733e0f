/** Pairs one after another, with nobody there to ask. */
import { randomUUID } from 'node:crypto';
import { EtlError } from '../etl/errors.ts';
import type { SyncOptions } from '../etl/model/sync.ts';
import { UsageError } from '../lib/usage-error.ts';
import {
  applyPair,
  applyTask,
  findUndo,
  type PlannedSync,
  planTask,
  type SyncPorts,
  toPairTask,
} from './sync.ts';
import type { ListedPair, Pairs } from './sync-pairs.ts';
import { type PairResult, toApplied, toFailure, toPlanned, toUnread } from './sync-result.ts';
import { findUnread, type UnreadPairs, type WantedPair } from './sync-unread.ts';

export type SyncRunSettings = Pick<SyncOptions, 'allowEmpty' | 'allowRewrite'> & {
  readonly allowRemovals?: number | undefined;
  readonly confirmExact: boolean;
  readonly isDryRun: boolean;
  /** Applies pairs with `apply` = `ask` too. */
  readonly yes: boolean;
};

export type PairsRun = {
  readonly results: readonly PairResult[];
  /** What concerns every pair, and has ended the run. */
  readonly stoppedBy?: Error;
};

/** Plans or applies each; a pair that fails does not stop the others. */
export async function runPairs(
  ports: SyncPorts,
  { faults, pairs }: Pairs,
  { mayBegin, settings }: { readonly settings: SyncRunSettings; readonly mayBegin: () => boolean },
): Promise<PairsRun> {
  const results = faults.map(({ message, name }) => toFailure(name, new UsageError(message)));
  let stoppedBy: Error | undefined;
  const unread = await findUnread(
    ports,
    pairs.map((pair) => toWanted(pair, settings)),
  );
  for (const pair of pairs) {
    const known = unread.find(pair.name);
    if (known !== undefined) results.push(toUnread(pair, known));
    else if (stoppedBy !== undefined) results.push(toFailure(pair.name, stoppedBy));
    else if (mayBegin()) {
      const counting = countAdded(ports);
      const { error, result } = await runPair(counting.ports, pair, { settings, unread }).catch(
        (thrown: unknown) => toFailed(ports, pair, { thrown, added: counting.toAdded() }),
      );
      results.push(result);
      if (error !== undefined && concernsAll(error)) stoppedBy = error;
    } else results.push(toFailure(pair.name, outOfTime()));
  }
  return { results, ...(stoppedBy !== undefined && { stoppedBy }) };
}

type Ran = { readonly result: PairResult; readonly error?: Error | undefined };

/** Ports that count what surely was added: it stays in the target, though the run fails after it. */
function countAdded(ports: SyncPorts): {
  readonly ports: SyncPorts;
  readonly toAdded: () => number;
} {
  let added = 0;
  const write: SyncPorts['writer']['write'] = async (playlistId, given) => {
    const reply = await ports.writer.write(playlistId, given);
    if (given.kind === 'add' && reply.answer === 'done') added += given.uris.length;
    return reply;
  };
  return { ports: { ...ports, writer: { ...ports.writer, write } }, toAdded: () => added };
}

type Failed = { readonly thrown: unknown; readonly added: number };

/** A read that the end of the run's time has cut off is nobody's fault. */
function toFailed({ signal }: SyncPorts, { name }: ListedPair, { added, thrown }: Failed): Ran {
  const isCutOff = signal?.aborted === true && !(thrown instanceof EtlError);
  const known = thrown instanceof Error ? thrown : new Error(String(thrown));
  const error = isCutOff ? outOfTime() : known;
  return { result: { ...toFailure(name, error), added }, error };
}

const concernsAll = (error: Error): boolean =>
  !(error instanceof UsageError || (error instanceof EtlError && error.kind !== 'stop'));

function outOfTime(): EtlError {
  return new EtlError('RUN_OUT_OF_TIME', 'The time of the run was up. The next run does it.');
}

const isApplied = ({ isAuto }: ListedPair, { yes }: SyncRunSettings): boolean => isAuto || yes;

function toOptions({ maxRemovals }: ListedPair, settings: SyncRunSettings): SyncOptions {
  const { allowEmpty, allowRemovals, allowRewrite, confirmExact: confirmsExact } = settings;
  return { maxRemovals: allowRemovals ?? maxRemovals, allowEmpty, allowRewrite, confirmsExact };
}

const toWanted = (pair: ListedPair, settings: SyncRunSettings): WantedPair => ({
  pair,
  options: toOptions(pair, settings),
  isApplied: isApplied(pair, settings),
});

type Running = { readonly settings: SyncRunSettings; readonly unread: UnreadPairs };

async function runPair(
  ports: SyncPorts,
  pair: ListedPair,
  { settings, unread }: Running,
): Promise<Ran> {
  const options = toOptions(pair, settings);
  const plan = (given: SyncPorts): Promise<PlannedSync> =>
    planTask(given, toPairTask(given, pair, options));
  if (settings.isDryRun) return { result: toPlanned(pair, await plan(ports), 'planned') };
  if (!isApplied(pair, settings)) {
    return { result: toPlanned(pair, await unread.follow(ports, pair, plan), 'waiting') };
  }
  const outcome = await unread.follow(ports, pair, (noting) =>
    applyPair(noting, { pair, options }, { runId: randomUUID() }),
  );
  // A dated pair makes the next list next week.
  const isNew = typeof pair.target !== 'string' && pair.mode !== 'dated';
  return { result: { ...toApplied(pair, outcome), isNew }, error: outcome.notCleared };
}

/** Takes back the last run of a pair, or shows what that would do. */
export async function undoPair(
  ports: SyncPorts,
  name: string,
  { allowRewrite, isDryRun }: SyncRunSettings,
): Promise<PairsRun> {
  const found = await findUndo(ports.journal, name, { allowRewrite });
  if (found === undefined) throw new UsageError(`No run of ${name} has written anything.`);
  const named = { name, mode: `undo of the run of ${found.run.started_at}` };
  const result = isDryRun
    ? toPlanned(named, await planTask(ports, found.task), 'planned')
    : toApplied(named, await applyTask(ports, found.task, { runId: randomUUID() }));
  return { results: [result] };
}
