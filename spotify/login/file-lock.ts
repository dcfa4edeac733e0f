/** A lock between processes: a file that only one can create. */
import { randomInt } from 'node:crypto';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSystemError } from './system-error.ts';

export type FileLock = {
  /** False where the holder was frozen for so long that another took the lock over. */
  readonly isHeld: () => Promise<boolean>;
  readonly release: () => Promise<void>;
};

/** A lock is held for some milliseconds; one as old as this was left by a process that was killed. */
export const ABANDONED_AFTER_MS = 10_000;
const GIVE_UP_AFTER_MS = 20_000;
const LONGEST_PAUSE_MS = 40;

/**
 * Waits for the lock; undefined where it could not be had in 20 seconds. `nowMs` is the present by the clock of the file
 * system, which dates the lock: the clocks of two machines that share a folder differ.
 */
export async function lockFile(path: string, nowMs: number): Promise<FileLock | undefined> {
  const startedAt = performance.now();
  for (;;) {
    const handle = await create(path);
    if (handle !== undefined) return toLock(path, handle);
    const waitedMs = performance.now() - startedAt;
    if (waitedMs > GIVE_UP_AFTER_MS) return undefined;
    const isTakenOver = await takeOver(path, nowMs + waitedMs);
    if (!isTakenOver) await sleep(randomInt(1, LONGEST_PAUSE_MS));
  }
}

/**
 * Removes an abandoned lock. Who removes one must hold a lock for that and look again under it: of many who found it
 * abandoned at once, a slower one would else remove the lock of the one who has just taken over.
 */
async function takeOver(path: string, nowMs: number): Promise<boolean> {
  if (!(await isAbandoned(path, nowMs))) return false;
  const breaker = `${path}.takeover`;
  const handle = await create(breaker);
  if (handle === undefined) {
    if (await isAbandoned(breaker, nowMs)) await rm(breaker, { force: true });
    return false;
  }
  try {
    const isStillAbandoned = await isAbandoned(path, nowMs);
    if (isStillAbandoned) await rm(path, { force: true });
    return isStillAbandoned;
  } finally {
    await handle.close();
    await rm(breaker, { force: true });
  }
}

async function isAbandoned(path: string, nowMs: number): Promise<boolean> {
  try {
    return nowMs - (await stat(path)).mtimeMs > ABANDONED_AFTER_MS;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}

async function create(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return undefined;
    throw error;
  }
}

function toLock(path: string, handle: FileHandle): FileLock {
  // While the handle is open, no other file can get its number.
  const isHeld = async (): Promise<boolean> => {
    const [{ ino }, found] = await Promise.all([handle.stat(), stat(path).catch(() => undefined)]);
    return found?.ino === ino;
  };
  return {
    isHeld,
    release: async () => {
      try {
        if (await isHeld()) await rm(path, { force: true });
      } finally {
        await handle.close();
      }
    },
  };
}
