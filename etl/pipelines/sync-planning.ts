/** Reads what a sync needs, and plans it. */
import type { Clock } from '../../lib/clock.ts';
import { EtlError } from '../errors.ts';
import { extractList, keepsChanging } from '../extract/list.ts';
import { MAX_READS } from '../extract/playlist.ts';
import type { ListSource, MyPlaylistsSource } from '../extract/sources.ts';
import { watchReads } from '../extract/watched.ts';
import type { PlaylistWriter, StoredFacts, SyncJournal } from '../load/sinks.ts';
import type { NewList } from '../load/sync-target.ts';
import type {
  ListEntry,
  SyncFacts,
  SyncGoal,
  SyncOptions,
  SyncPlan,
  SyncRun,
} from '../model/sync.ts';
import { countKeys, hashList } from '../model/sync-writes.ts';
import { isCopyable, toEntries } from '../transform/sync-entries.ts';
import { countCalls, planSync } from '../transform/sync-plan.ts';

export type SyncPorts = {
  readonly source: ListSource;
  readonly myLists: Pick<MyPlaylistsSource, 'getPage' | 'expectPages'>;
  readonly writer: PlaylistWriter;
  readonly journal: SyncJournal;
  readonly clock: Clock;
  /** In which a week begins: UTC by default. */
  readonly timeZone?: string | undefined;
  /** Aborted: the write under way is finished and checked, and no other begun. */
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: SyncProgress) => void) | undefined;
};

/** How far a plan or a run is. */
export type SyncProgress =
  | {
      readonly kind: 'read';
      readonly list: 'source' | 'target';
      /** A target is read until two reads are equal. */
      readonly isAgain: boolean;
      readonly items: number;
      readonly total: number;
    }
  /** The `write`th of so many, as far as is known; before it is sent. */
  | { readonly kind: 'write'; readonly write: number; readonly writes: number }
  /** Reads whether the writes have landed. */
  | { readonly kind: 'check'; readonly items: number; readonly total: number };

/** What is wanted of one list. */
export type SyncTask = {
  readonly pair: string;
  /** Under which name what is added is claimed; the pair's, unless it is not to be the pair's. */
  readonly claimedAs: string;
  /** Its ID, or a list that is created when the first item is added; asked for where the source says which. */
  readonly target: string | NewList | (() => Promise<NewList>);
  /** Reads what the target will be made of; the target is read last, as close to the first write as can be. */
  readonly prepare: () => Promise<(target: readonly ListEntry[]) => SyncGoal>;
  readonly options: SyncOptions;
  /** Whether the source is emptied afterwards of what the target has then. */
  readonly isInbox?: boolean;
  /** The run that it takes back. */
  readonly undoes?: string | undefined;
  /** The start of the same undo that was cut off. It goes on if it is of the same kind, and the list as it has left it. */
  readonly resumes?: Pick<SyncRun, 'run_id' | 'kind'> & { readonly hashes: readonly string[] };
};

export type PlannedSync = {
  readonly targetId: string | undefined;
  /** The name of the list that is created when something goes into it. */
  readonly creates?: string | undefined;
  readonly goal: SyncGoal;
  readonly plan: SyncPlan;
  /** Keys that an inbox is emptied of, once they are in the target. */
  readonly clears: readonly string[];
  /** Infinite without a budget. */
  readonly callsLeft: number;
};

/**
 * Reads what a task needs and says what would be done. Writes nothing.
 *
 * @throws EtlError `TARGET_NOT_WRITABLE` where the target is another user's, or would be too long
 */
export async function planTask(ports: SyncPorts, task: SyncTask): Promise<PlannedSync> {
  const targetId = await findTarget(ports, task);
  const toGoal = await task.prepare();
  const target = targetId === undefined ? [] : await readTarget(ports, targetId);
  const goal = toGoal(target);
  const planned = await planWithin(ports, task, { goal, target, targetId });
  return targetId === undefined ? { ...planned, creates: (await toNewList(task)).name } : planned;
}

export async function findTarget(
  { journal }: SyncPorts,
  task: SyncTask,
): Promise<string | undefined> {
  if (typeof task.target === 'string') return task.target;
  return (await journal.findCreation((await toNewList(task)).key))?.targetId;
}

export async function toNewList({ pair, target }: SyncTask): Promise<NewList> {
  if (typeof target === 'string') return { key: pair, name: target };
  return typeof target === 'function' ? await target() : target;
}

/** Where a task reads its source from: it tells how far it is, and ends when the run is stopped. */
export const sourceOf = (ports: SyncPorts): ListSource =>
  watchReads(ports.source, toNote(ports, { list: 'source', isAgain: false }));

function toNote(
  { onProgress, signal }: SyncPorts,
  about: { readonly list: 'source' | 'target'; readonly isAgain: boolean },
): (items: number, total: number) => void {
  return (items, total) => {
    if (signal?.aborted === true) throw new Error('Stopped while reading. Nothing was written.');
    onProgress?.({ kind: 'read', ...about, items, total });
  };
}

/**
 * What comes in pages is read until two reads are equal, because an item that is dragged to another page meanwhile is read twice,
 * or never. The snapshot would not tell: it lags behind a write. A list that is `known`, or what the last run has left, counts as
 * the first read.
 */
export async function readTarget(
  ports: SyncPorts,
  targetId: string,
  known?: readonly ListEntry[],
): Promise<readonly ListEntry[]> {
  const userId = await ports.writer.getUserId();
  let hash = known && hashList(known);
  for (let reads = 0; reads < MAX_READS; reads += 1) {
    const note = toNote(ports, { list: 'target', isAgain: reads > 0 });
    const source = watchReads(ports.source, note);
    const { isOnePage, items, metadata } = await extractList(source, targetId);
    if (metadata.owner?.id !== userId) throw notOwned();
    const list = toEntries(items);
    const earlier = hash ?? (isOnePage ? undefined : await ports.journal.findLastHash(targetId));
    hash = hashList(list);
    if (isOnePage || hash === earlier) return list;
  }
  throw keepsChanging('target');
}

function notOwned(): EtlError {
  return new EtlError(
    'TARGET_NOT_WRITABLE',
    'The target belongs to another account than the one that logged in: Spotify lets only the owner change a list by its API.',
  );
}

export type PlanInput = {
  readonly goal: SyncGoal;
  readonly target: readonly ListEntry[];
  readonly targetId: string | undefined;
};

export async function planFrom(
  { clock, journal }: SyncPorts,
  { claimedAs, options }: Pick<SyncTask, 'claimedAs' | 'options'>,
  { goal, target, targetId = '' }: PlanInput,
): Promise<SyncPlan> {
  const stored = await journal.findFacts({ pair: claimedAs, targetId }, clock.now());
  return planSync(goal, { target, facts: toFacts(stored, goal, clock), options });
}

/** Holds what does not fit into today's budget. */
export async function planWithin(
  ports: SyncPorts,
  task: SyncTask,
  input: PlanInput,
): Promise<PlannedSync> {
  const plan = await planFrom(ports, task, input);
  const callsLeft = await ports.writer.callsLeft();
  const { checkCalls, writeCalls } = countCalls(plan);
  const creations = plan.stages.length > 0 && input.targetId === undefined ? 1 : 0;
  const isTooMuch = creations + writeCalls + checkCalls > callsLeft;
  const held = { after: input.target, stages: [], held: [...plan.held, 'quota' as const] };
  const done = isTooMuch ? { ...plan, ...held } : plan;
  const isEmptied = task.isInbox === true && done.held.length === 0;
  const clears = isEmptied ? findCleared(input.goal, done.after) : [];
  return { ...input, plan: done, clears, callsLeft };
}

/** The keys of the source that a list has. */
export function findCleared(goal: SyncGoal, list: readonly ListEntry[]): string[] {
  if (!('source' in goal)) return [];
  const there = countKeys(list);
  const keys = goal.source.filter(isCopyable).flatMap(({ uri }) => uri ?? []);
  return [...new Set(keys)].filter((uri) => there.has(uri));
}

function toFacts(stored: StoredFacts, goal: SyncGoal, clock: Clock): SyncFacts {
  const { suspect } = stored;
  const isSame = 'source' in goal && suspect?.hash === hashList(goal.source);
  return { ...stored, isSecondRead: isSame && suspect.day < toDay(clock) };
}

export const toIso = (clock: Clock): string => new Date(clock.now()).toISOString();

export const toDay = (clock: Clock): string => toIso(clock).slice(0, 10);
