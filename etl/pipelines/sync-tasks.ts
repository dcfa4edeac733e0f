/** What is wanted of a list: by a pair, by an undo, by a restore. */
import type { SyncJournal } from '../load/sinks.ts';
import {
  type EndedSyncRun,
  type ListEntry,
  type SyncMode,
  type SyncOptions,
  toSourceGoal,
  type UndoableRun,
} from '../model/sync.ts';
import { countKeys, hashList } from '../model/sync-writes.ts';
import { findOwned, findStrange } from '../transform/sync-ownership.ts';
import type { SyncOutcome } from './sync-carry-out.ts';
import { findCleared, type SyncTask } from './sync-planning.ts';
import { findWeekly, type PairPorts, readSources, type SyncPair } from './sync-sources.ts';

type PairOptions = SyncOptions & {
  /** What the sources were when a plan was made that is carried out. */
  readonly known?: readonly ListEntry[] | undefined;
};

export function toPairTask(
  ports: PairPorts,
  pair: SyncPair,
  { known, ...options }: PairOptions,
): SyncTask {
  const { mode, name, target } = pair;
  let entries = known && Promise.resolve(known);
  const read = (): Promise<readonly ListEntry[]> => (entries ??= readSources(ports, pair));
  return {
    pair: name,
    claimedAs: name,
    target:
      mode === 'dated' && typeof target === 'object'
        ? async () => await findWeekly(ports, target, await read())
        : target,
    prepare: async () => {
      const all = await read();
      return () => ({ kind: toSourceGoal(mode), source: all });
    },
    options: mayShrink(mode) ? { ...options, allowEmpty: true } : options,
    isInbox: mode === 'inbox',
  };
}

/** What is emptied or exchanged each week is believed however small it is; nothing is taken out for it. */
const mayShrink = (mode: SyncMode): boolean => mode === 'inbox' || mode === 'dated';

/**
 * What an inbox is emptied of: what of it was read back in the target. What has come since then stays.
 */
export function toClearTask(
  { name, sources }: SyncPair,
  { goal, list }: Pick<SyncOutcome, 'goal' | 'list'>,
): SyncTask | undefined {
  const [target] = sources;
  const keys = findCleared(goal, list);
  if (target === undefined || keys.length === 0 || !('source' in goal)) return undefined;
  const removable = { known: goal.source, added: [] };
  return {
    pair: name,
    claimedAs: `inbox of ${name}`,
    target,
    prepare: () => Promise.resolve(() => ({ kind: 'clear', keys, removable })),
    options: { allowEmpty: true, allowRewrite: false },
  };
}

/** What an undo or a restore may do: everything, but for what a person has to allow. */
export type RewriteOption = Pick<SyncOptions, 'allowRewrite'>;

/** The undo of a run, or of the last that wrote. One that was cut off goes on as it began. */
export async function findUndo(
  journal: Pick<SyncJournal, 'findRun' | 'listRuns'>,
  pair: string,
  { allowRewrite, wanted }: RewriteOption & { readonly wanted?: string | undefined },
): Promise<{ readonly run: UndoableRun; readonly task: SyncTask } | undefined> {
  const runs = await journal.listRuns(pair);
  const last = runs.find(({ run_id, writes }) =>
    wanted === undefined ? writes > 0 : run_id === wanted,
  );
  if (last === undefined) return undefined;
  const isCut = ({ outcome, undoes }: EndedSyncRun): boolean =>
    undoes !== undefined && outcome !== 'done';
  const runId = isCut(last) ? (last.undoes ?? last.run_id) : last.run_id;
  const cut = runs.filter((each) => isCut(each) && each.undoes === runId && each.writes > 0);
  const [run, ...undos] = await Promise.all(
    [runId, ...cut.map(({ run_id }) => run_id)].map((id) => journal.findRun(id)),
  );
  return (
    run && {
      run,
      task: toUndoTask(
        run,
        undos.flatMap((each) => each ?? []),
        allowRewrite,
      ),
    }
  );
}

/**
 * Gives back what the list was before a run, if nobody has changed it since; else takes back only what the run has done. What an
 * undo adds is not the pair's: it stays. `undos` of the run were cut off; the newest first.
 */
function toUndoTask(
  run: UndoableRun,
  undos: readonly UndoableRun[],
  allowRewrite: boolean,
): SyncTask {
  const had = countKeys(run.before);
  const [cut] = undos;
  const removed = findRemoved(run, undos);
  const added = new Map([...run.claimed].filter(([uri]) => !had.has(uri)));
  return {
    pair: run.pair,
    claimedAs: `undo of ${run.run_id}`,
    target: run.target_id,
    undoes: run.run_id,
    ...(cut && { resumes: { run_id: cut.run_id, kind: cut.kind, hashes: hashesOf(cut) } }),
    prepare: () =>
      Promise.resolve((target) =>
        goesOn(run, cut, target) || isUntouched(run, target)
          ? {
              kind: 'version',
              items: run.before,
              removable: { known: cut?.before ?? target, added: [] },
              mayRewrite: run.kind === 'mirror-exact',
            }
          : { kind: 'take-back', added, removed, items: run.before },
      ),
    options: { allowEmpty: true, allowRewrite },
  };
}

type Target = readonly ListEntry[];

/** What was taken out and put back is the user's, though the list looks the same. Repeats are never claimed. */
function isUntouched(run: UndoableRun, target: Target): boolean {
  const [had, counts] = [countKeys(run.before), countKeys(target)];
  const owned = findOwned(target, run.claimed);
  const isKnown = ({ uri = '' }: ListEntry): boolean =>
    had.has(uri) || owned.has(uri) || (counts.get(uri) ?? 0) > 1;
  return run.after_hash === hashList(target) && target.every(isKnown);
}

const hashesOf = ({ before, steps }: UndoableRun): string[] => [
  hashList(before),
  ...steps.map(({ hash }) => hash),
];

/** Whether the list is as one of the writes of an undo has left it. */
function goesOn(run: UndoableRun, cut: UndoableRun | undefined, target: Target): boolean {
  if (cut?.kind !== 'version') return false;
  const added = run.before.flatMap(({ uri }) => uri ?? []);
  return (
    hashesOf(cut).includes(hashList(target)) &&
    findStrange(target, { known: cut.before, added }).length === 0
  );
}

/** Nobody knows what a run that was cut off has left, nor an undo: what they may have taken out. */
function findRemoved(run: UndoableRun, undos: readonly UndoableRun[]): readonly string[] {
  if (run.outcome === 'done' && undos.length === 0) return run.removed;
  const writes = [run, ...undos].flatMap(({ steps }) => steps.map(({ write }) => write));
  const isRewritten = writes.some(({ kind }) => kind === 'replace');
  const keys = new Set(writes.flatMap((write) => (write.kind === 'remove' ? write.uris : [])));
  return run.before.flatMap(({ uri = '' }) => (uri && (isRewritten || keys.has(uri)) ? [uri] : []));
}

/** Makes a list what it was, or a new one of it. */
export function toRestoreTask(
  pair: string,
  items: readonly ListEntry[],
  { allowRewrite, target }: RewriteOption & Pick<SyncTask, 'target'>,
): SyncTask {
  const prepare: SyncTask['prepare'] = () =>
    Promise.resolve((known) => ({
      kind: 'version',
      items,
      removable: { known, added: [] },
      mayRewrite: true,
    }));
  return { pair, claimedAs: pair, target, prepare, options: { allowEmpty: true, allowRewrite } };
}
