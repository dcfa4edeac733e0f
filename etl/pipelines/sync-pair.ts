/** A pair: its target, and then its source, if that is an inbox. */
import { EtlError } from '../errors.ts';
import type { ListEntry, SyncOptions } from '../model/sync.ts';
import { type ApplyOptions, applyTask } from './sync.ts';
import type { SyncOutcome } from './sync-carry-out.ts';
import type { SyncPorts } from './sync-planning.ts';
import type { SyncPair } from './sync-sources.ts';
import { toClearTask, toPairTask } from './sync-tasks.ts';

export type PairOutcome = SyncOutcome & {
  /** Of an inbox: what was taken out of it, or why it was not emptied. */
  readonly cleared?: SyncOutcome;
  readonly notCleared?: EtlError;
};

/**
 * Applies a pair. An inbox is emptied of what was read back in the target, in a run of its own; what fails of that is told, since
 * the target has its songs.
 *
 * @throws EtlError those of `applyTask`
 */
export async function applyPair(
  ports: SyncPorts,
  { options, pair }: { readonly pair: SyncPair; readonly options: SyncOptions },
  given: ApplyOptions,
): Promise<PairOutcome> {
  const task = toPairTask(ports, pair, { ...options, known: findSource(given) });
  const outcome = await applyTask(ports, task, given);
  const isDone = outcome.outcome === 'done' || outcome.outcome === 'nothing';
  const isSafe = isDone && outcome.plan.held.length === 0;
  const clearing = pair.mode === 'inbox' && isSafe ? toClearTask(pair, outcome) : undefined;
  if (clearing === undefined) return outcome;
  try {
    if (!(await isListed(ports, outcome.targetId))) throw notListed();
    const cleared = await applyTask(ports, clearing, { runId: `inbox-${given.runId}` });
    return { ...outcome, cleared };
  } catch (error) {
    return { ...outcome, notCleared: toReason(ports, error) };
  }
}

/** What the sources were when the plan was made that is carried out. */
function findSource({ planned }: ApplyOptions): readonly ListEntry[] | undefined {
  return planned && 'source' in planned.goal ? planned.goal.source : undefined;
}

/** A list that its owner has deleted still takes songs: Spotify has only taken it out of the listing. */
async function isListed(
  { myLists }: Pick<SyncPorts, 'myLists'>,
  listId: string | undefined,
): Promise<boolean> {
  for (let offset = 0; ; ) {
    const { entries, total } = await myLists.getPage(offset);
    if (entries.some((entry) => entry?.id === listId)) return true;
    offset += entries.length;
    if (entries.length === 0 || offset >= total) return false;
  }
}

/** @throws an error that says nothing about the inbox */
function toReason({ signal }: Pick<SyncPorts, 'signal'>, error: unknown): EtlError {
  if (error instanceof EtlError) return error;
  if (signal?.aborted !== true) throw error;
  return new EtlError('RUN_OUT_OF_TIME', 'The run was stopped before that. The next one does it.');
}

function notListed(): EtlError {
  return new EtlError(
    'TARGET_NOT_WRITABLE',
    'The target is not among your playlists any more: it was deleted in Spotify.',
  );
}
