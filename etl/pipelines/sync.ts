/** Backup and sync of one list into another: plan, and apply. */

import type { ListSource } from '../extract/sources.ts';
import type { TargetLock } from '../load/sinks.ts';
import { takeLock } from '../load/sync-lock.ts';
import { createTarget } from '../load/sync-target.ts';
import type { SyncPlan } from '../model/sync.ts';
import { countKeys, hashList } from '../model/sync-writes.ts';
import { isOnce } from '../transform/sync-arrangement.ts';
import { isCopyable } from '../transform/sync-entries.ts';
import { carryOut, type SyncOutcome } from './sync-carry-out.ts';
import {
  findTarget,
  type PlannedSync,
  planTask,
  planWithin,
  readTarget,
  type SyncPorts,
  type SyncTask,
  toDay,
  toIso,
  toNewList,
} from './sync-planning.ts';

export type ApplyOptions = {
  readonly runId: string;
  /** A plan that was shown: carried out as it is, or not at all. */
  readonly planned?: PlannedSync | undefined;
};

/**
 * Plans and carries out a task, or carries out a plan that was made of it, with the target locked. Checks by reading, and plans
 * what is left again from what is there, until nothing is.
 *
 * @throws EtlError `TARGET_BUSY`, those of `planTask`, and those of the calls; what was written is in the journal
 */
export async function applyTask(
  given: SyncPorts,
  task: SyncTask,
  { planned, runId }: ApplyOptions,
): Promise<SyncOutcome> {
  const { clock, journal } = given;
  const targetId = (await findTarget(given, task)) ?? (await toNewList(task)).key;
  const lock = { targetId, holder: runId, until: 0 };
  lock.until = await takeLock(journal, lock, clock);
  const locked = new Set([targetId]);
  try {
    return await applyLocked(keepingLocked(given, lock), task, { planned, lock, locked });
  } finally {
    for (const each of locked) await journal.unlock({ ...lock, targetId: each });
  }
}

type Locked = Pick<ApplyOptions, 'planned'> & {
  readonly lock: TargetLock;
  /** What the holder has locked. */
  readonly locked: Set<string>;
};

async function applyLocked(
  ports: SyncPorts,
  task: SyncTask,
  { lock, locked, planned }: Locked,
): Promise<SyncOutcome> {
  // Another run can have created it before the lock was free.
  const known = await findTarget(ports, task);
  const now = await planNow(ports, task, { planned, targetId: known });
  const none = { writes: 0, list: now.plan.before, notAddable: [], notRemovable: [] };
  const isStale = planned !== undefined && !isSamePlan(planned.plan, now.plan);
  if (isStale) return { ...now, ...none, outcome: 'stale' };
  await noteSource(ports, task, now);
  await noteLapsed(ports, task, now);
  if (now.plan.stages.length === 0) {
    await endCut(ports, task, now);
    if (now.plan.held.length === 0) {
      await noteSeen(ports, task, { ...now, list: now.plan.before });
    }
    return { ...now, ...none, outcome: 'nothing' };
  }
  const targetId = known ?? (await createTarget(ports, await toNewList(task), lock));
  // Each write renews the lock of the list itself.
  locked.add(targetId);
  const runId = isGoingOn(task, now) ? (task.resumes?.run_id ?? lock.holder) : lock.holder;
  const outcome = await carryOut(ports, task, { ...now, targetId, runId, lock });
  if (outcome.outcome === 'done') await noteSeen(ports, task, outcome);
  return outcome;
}

/** What was appended once, and is the pair's no longer, was seen. */
async function noteLapsed(
  { journal }: SyncPorts,
  { claimedAs: pair }: SyncTask,
  { goal, plan, targetId = '' }: PlannedSync,
): Promise<void> {
  const place = { pair, targetId };
  if (goal.kind === 'append-once') await journal.noteSeen(place, plan.lapsed);
  await journal.disclaim(place, plan.lapsed);
}

type Seen = Pick<SyncOutcome, 'goal' | 'targetId' | 'list'>;

/**
 * For goals that add each song once: what of the source is there now. Only once nothing is left to do: the repeats of a week's list
 * come with its last write.
 */
async function noteSeen(
  { journal }: SyncPorts,
  { claimedAs: pair }: SyncTask,
  { goal, list, targetId }: Seen,
): Promise<void> {
  if (!isOnce(goal) || targetId === undefined) return;
  const there = countKeys(list);
  const wanted = new Set(goal.source.flatMap(({ uri }) => uri ?? []));
  const seen = [...wanted].filter((uri) => there.has(uri));
  await journal.noteSeen({ pair, targetId }, seen);
}

const isGoingOn = ({ resumes }: SyncTask, { goal, plan }: PlannedSync): boolean =>
  resumes?.kind === goal.kind && resumes.hashes.includes(hashList(plan.before));

/** A run that was cut off, and of which nothing is left to do, has ended. */
async function endCut(
  { clock, journal }: SyncPorts,
  task: SyncTask,
  now: PlannedSync,
): Promise<void> {
  const { resumes } = task;
  if (resumes === undefined || now.plan.held.length > 0) return;
  const end = { outcome: 'done', ended_at: toIso(clock) };
  const after_hash = hashList(now.plan.before);
  await journal.end(resumes.run_id, isGoingOn(task, now) ? { ...end, after_hash } : end);
}

/** A long read keeps the lock. */
function keepingLocked(ports: SyncPorts, lock: TargetLock & { until: number }): SyncPorts {
  const { clock, journal, source } = ports;
  const kept: ListSource = {
    ...source,
    getPlaylist: async (playlistId) => {
      lock.until = await takeLock(journal, lock, clock);
      return await source.getPlaylist(playlistId);
    },
    listFurtherPages: async function* (...args) {
      for await (const page of source.listFurtherPages(...args)) {
        lock.until = await takeLock(journal, lock, clock);
        yield page;
      }
    },
  };
  return { ...ports, source: kept };
}

type Known = {
  readonly planned: PlannedSync | undefined;
  readonly targetId: string | undefined;
};

async function planNow(
  ports: SyncPorts,
  task: SyncTask,
  { planned, targetId }: Known,
): Promise<PlannedSync> {
  if (planned === undefined) return await planTask(ports, task);
  const target =
    targetId === undefined ? [] : await readTarget(ports, targetId, planned.plan.before);
  return await planWithin(ports, task, { goal: planned.goal, target, targetId });
}

function isSamePlan(one: SyncPlan, other: SyncPlan): boolean {
  if (hashList(one.before) !== hashList(other.before)) return false;
  const isShort = other.held.includes('quota');
  return isShort || JSON.stringify(one.stages) === JSON.stringify(other.stages);
}

async function noteSource(
  { clock, journal }: SyncPorts,
  { pair }: SyncTask,
  { goal, plan }: PlannedSync,
): Promise<void> {
  if (!('source' in goal)) return;
  const isDoubted = plan.held.some((guard) => guard === 'collapse' || guard === 'empty');
  const suspect = { hash: hashList(goal.source), day: toDay(clock) };
  await journal.noteSource(
    pair,
    isDoubted ? { suspect } : { goodCount: goal.source.filter(isCopyable).length },
  );
}
