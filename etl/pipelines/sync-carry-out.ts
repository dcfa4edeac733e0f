/** Carries out a plan, stage by stage, and plans again what is left. */
import { EtlError } from '../errors.ts';
import { extractEnd } from '../extract/list.ts';
import { watchReads } from '../extract/watched.ts';
import type { TargetLock } from '../load/sinks.ts';
import { SyncLoad } from '../load/sync.ts';
import type { LoadPorts } from '../load/sync-sender.ts';
import {
  type Guard,
  type ItemsWrite,
  type ListEntry,
  PAGE_ITEMS,
  type SyncGoal,
  type SyncStage,
} from '../model/sync.ts';
import { applyWrite, hashList, subtract } from '../model/sync-writes.ts';
import { countReadCalls, findEnd } from '../transform/sync-draft.ts';
import { toEntries } from '../transform/sync-entries.ts';
import { countCalls } from '../transform/sync-plan.ts';
import {
  type PlannedSync,
  planFrom,
  readTarget,
  type SyncPorts,
  type SyncTask,
  toIso,
} from './sync-planning.ts';

export type SyncOutcome = PlannedSync & {
  /** `stale`: the target is not what it was when the plan was made; nothing was written. */
  readonly outcome: 'done' | 'nothing' | 'stale' | 'stopped' | 'unfinished';
  /** Where something was written. */
  readonly runId?: string;
  readonly writes: number;
  /** The target at the end, or what a stale plan met. */
  readonly list: readonly ListEntry[];
  readonly notAddable: readonly string[];
  readonly notRemovable: readonly string[];
};

/** After so many rounds that end otherwise than planned a run gives up. */
const MAX_SURPRISES = 8;

type Started = PlannedSync & {
  readonly targetId: string;
  readonly runId: string;
  /** Of the target, or of the list that it was before it was created. */
  readonly lock: TargetLock;
};

export async function carryOut(
  ports: SyncPorts,
  task: SyncTask,
  started: Started,
): Promise<SyncOutcome> {
  const { clock, journal } = ports;
  const { goal, lock, plan, runId, targetId } = started;
  const removed = subtract(plan.before, plan.after).flatMap(({ uri }) => uri ?? []);
  const { pair, undoes } = task;
  const run = { run_id: runId, pair, target_id: targetId, kind: goal.kind, undoes };
  const lists = { before: plan.before, removed };
  const steps = await journal.begin({ ...run, started_at: toIso(clock) }, lists);
  const place = { pair: task.claimedAs, targetId };
  if (task.options.confirmsExact === true) await journal.confirmExact(place);
  const read: LoadPorts['read'] = async (known, write) =>
    (write && (await lookAtEnd(ports, targetId, { known, write }))) ??
    (await readTarget(checking(ports), targetId, known));
  const { writeCalls } = countCalls(plan);
  const onWrite: LoadPorts['onWrite'] = (write) =>
    ports.onProgress?.({ kind: 'write', write, writes: Math.max(write, writeCalls) });
  const load = new SyncLoad(
    { ...ports, read, onWrite },
    {
      ...{ ...place, runId, steps },
      ...{ holder: lock.holder, lockedUntil: lock.until },
    },
  );
  try {
    const { held, isDone, list } = await carryOutStages(ports, task, { load, started });
    const outcome = isDone ? 'done' : load.sender.isStopped ? 'stopped' : 'unfinished';
    const isExplained = isDone && load.sender.isClear;
    const end = { outcome, ended_at: toIso(clock) };
    await journal.end(runId, { ...end, ...(isExplained && { after_hash: hashList(list) }) });
    const { notAddable, notRemovable } = load;
    const { writes } = load.sender;
    const ended = { ...started, plan: { ...plan, held: [...new Set([...plan.held, ...held])] } };
    return { ...ended, outcome, runId, writes, list, notAddable, notRemovable };
  } catch (error) {
    const outcome = error instanceof EtlError ? error.code : 'INTERNAL';
    await journal.end(runId, { outcome, ended_at: toIso(clock) });
    throw error;
  }
}

/** The same ports, for reads after a write, which are finished. */
function checking(ports: SyncPorts): SyncPorts {
  const onProgress: SyncPorts['onProgress'] = (progress) => {
    if (progress.kind !== 'read') return;
    const { items, total } = progress;
    ports.onProgress?.({ kind: 'check', items, total });
  };
  return { ...ports, onProgress, signal: undefined };
}

type Ended = {
  readonly isDone: boolean;
  readonly list: readonly ListEntry[];
  /** By the last plan, of what was there then. */
  readonly held: readonly Guard[];
};

type Stages = { readonly load: SyncLoad; readonly started: Started };

async function carryOutStages(
  ports: SyncPorts,
  task: SyncTask,
  { load, started }: Stages,
): Promise<Ended> {
  const { targetId } = started;
  let { goal, plan } = started;
  let list = plan.before;
  for (let surprises = 0; surprises <= MAX_SURPRISES; ) {
    const [stage] = plan.stages;
    if (stage === undefined) return { isDone: true, list, held: plan.held };
    await load.carryOut(stage, list);
    list = await readCheck(ports, targetId, { stage, expected: load.sender.list });
    if (!(await load.settle(stage, list))) surprises += 1;
    if (load.sender.isStopped) break;
    goal = afterWrites(goal, load.sender.stage.made);
    const options = { ...task.options, noReplace: load.noReplace };
    plan = await planFrom(ports, { ...task, options }, { goal, target: list, targetId });
    await ports.journal.disclaim({ pair: task.claimedAs, targetId }, plan.lapsed);
  }
  return { isDone: plan.stages.length === 0, list, held: plan.held };
}

/** What was taken back once is not taken back again, should the user add it; what was added may be removed again. */
function afterWrites(goal: SyncGoal, made: readonly ItemsWrite[]): SyncGoal {
  const urisOf = (...kinds: readonly ItemsWrite['kind'][]): string[] =>
    made.flatMap((write) => ('uris' in write && kinds.includes(write.kind) ? write.uris : []));
  if (goal.kind === 'take-back') {
    const taken = new Set(urisOf('remove'));
    return { ...goal, added: new Map([...goal.added].filter(([uri]) => !taken.has(uri))) };
  }
  if (goal.kind !== 'version' || goal.removable === undefined) return goal;
  const { added, known } = goal.removable;
  return { ...goal, removable: { known, added: [...added, ...urisOf('add', 'replace')] } };
}

/** What one page tells of an add to an end of a long list, if it is as it was, or as it should be. */
async function lookAtEnd(
  { source }: SyncPorts,
  targetId: string,
  { known, write }: { readonly known: readonly ListEntry[]; readonly write: ItemsWrite },
): Promise<readonly ListEntry[] | undefined> {
  if (findEnd([write]) === undefined || countReadCalls(known.length) === 1) return undefined;
  const tokens = known.map((entry) => ({ entry }));
  const after = applyWrite(tokens, write).map(({ entry }) => entry);
  const offset = write.kind === 'add' && write.position === 0 ? 0 : known.length - 1;
  const { items, total } = await source.getItems(targetId, { offset, limit: PAGE_ITEMS });
  const page = hashList(toEntries(items));
  return [known, after].find(
    (list) => list.length === total && hashList(list.slice(offset, offset + PAGE_ITEMS)) === page,
  );
}

type Check = { readonly stage: SyncStage; readonly expected: readonly ListEntry[] };

/** Reads only the end that was added to, where that is fewer calls and shows what it should. */
async function readCheck(
  ports: SyncPorts,
  targetId: string,
  { expected, stage }: Check,
): Promise<readonly ListEntry[]> {
  const total = expected.length;
  const end = findEnd(stage.steps.map(({ write }) => write));
  if (end !== undefined && stage.checkCalls < countReadCalls(total)) {
    const count = stage.steps.reduce(
      (sum, { write }) => sum + (write.kind === 'add' ? write.uris.length : 0),
      0,
    );
    const source = watchReads(ports.source, (read) =>
      ports.onProgress?.({ kind: 'check', items: read, total: count }),
    );
    const items = await extractEnd(source, targetId, { end, count, total });
    const found = items && toEntries(items);
    const rest = end === 'end' ? expected.slice(0, total - count) : expected.slice(count);
    const list = found && (end === 'end' ? [...rest, ...found] : [...found, ...rest]);
    if (list !== undefined && hashList(list) === hashList(expected)) return list;
  }
  return await readTarget(checking(ports), targetId, expected);
}
