/**
 * One trigger run per playlists file: a lock file beside it that names its process. The lock of a process that is dead is
 * taken over, by one and only one of those who find it so.
 */
import { randomUUID } from 'node:crypto';
import {
  constants,
  copyFile,
  link,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod/mini';
import { findProcessStart } from './process-identity.ts';
import { isSystemError } from './usage-error.ts';

const ownerSchema = z.object({
  /** Tells two locks apart, whatever else they have in common. */
  id: z.string(),
  pid: z.number(),
  started: z.string(),
  host: z.string(),
  since: z.string(),
});

type LockOwner = z.infer<typeof ownerSchema>;

export type RunLock = { readonly release: () => Promise<void> };

/** Somebody else is at work on the file. Exit code 75: later it may be free. */
class LockedError extends Error {
  override readonly name = 'LockedError';
}

/** Whether a process of another machine lives cannot be seen, only whether it keeps its lock fresh. */
const BEAT_MS = 60_000;
const LAST_BEAT_MS = 10 * BEAT_MS;
/** More than it takes to write a line. */
const DRAFT_MS = 1_000;
const ROUNDS = 20;

/**
 * Takes the lock at a path.
 *
 * @throws LockedError where a running process holds it
 */
export async function acquireRunLock(path: string, now: Date): Promise<RunLock> {
  const owner: LockOwner = {
    id: randomUUID(),
    pid: process.pid,
    started: findProcessStart(process.pid) ?? '',
    host: hostname(),
    since: now.toISOString(),
  };
  await take(path, owner);
  await sweep(path);
  const beat = setInterval(() => {
    void utimes(path, new Date(), new Date()).catch(() => undefined);
  }, BEAT_MS);
  beat.unref();
  return {
    release: async () => {
      clearInterval(beat);
      await releaseOwn(path, owner);
    },
  };
}

async function take(path: string, owner: LockOwner): Promise<void> {
  const draft = `${path}.${owner.id}`;
  await writeFile(draft, `${JSON.stringify(owner)}\n`, { flag: 'wx' });
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      if (await linkOnto(draft, path)) return;
      const holder = await readOwner(path);
      if (holder === 'gone') continue;
      if (!(await isDead(path, holder))) throw locked(path, holder);
      if (await replaceDead(path, holder, { owner, draft })) return;
    }
    throw new LockedError(`${path} keeps changing hands. Another start is at work.`);
  } finally {
    await rm(draft, { force: true });
  }
}

/** The lock appears with its content or not at all: nobody ever reads half of it. */
async function linkOnto(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    if (!isSystemError(error, 'EPERM', 'ENOSYS', 'ENOTSUP', 'EMLINK')) throw error;
    return copyOnto(draft, path);
  }
}

/** For file systems without links: the content follows the name by a moment, in which the lock counts as held. */
async function copyOnto(draft: string, path: string): Promise<boolean> {
  try {
    await copyFile(draft, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  }
}

/**
 * Puts our lock in a dead one's place. Of several who have seen the same dead lock one gets the right to do so: that right is
 * a lock too, named after the dead one, so it can be taken over in turn should its holder die at this very moment. Whoever
 * holds it looks again, as an earlier holder may have done the work already.
 */
async function replaceDead(
  path: string,
  dead: LockOwner,
  { owner, draft }: { owner: LockOwner; draft: string },
): Promise<boolean> {
  const right = `${path}.${dead.id}.takeover`;
  const claim = { ...owner, id: randomUUID() };
  await take(right, claim);
  try {
    const holder = await readOwner(path);
    if (holder === 'gone' || holder.id !== dead.id) return false;
    await rename(draft, path);
    return true;
  } finally {
    await releaseOwn(right, claim);
  }
}

async function releaseOwn(path: string, { id }: LockOwner): Promise<void> {
  const holder = await readOwner(path);
  if (holder !== 'gone' && holder.id === id) await rm(path, { force: true });
}

async function readOwner(path: string): Promise<LockOwner | 'gone'> {
  let text;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 'gone';
    throw error;
  }
  const parsed = ownerSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  throw new LockedError(
    `${path} is not a lock of this program. If no other start is at work, delete it.`,
  );
}

/** What starts have left behind that were killed while they took the lock. */
async function sweep(path: string): Promise<void> {
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(`${basename(path)}.`)) continue;
    const leftover = join(dirname(path), name);
    if (await isLeftover(leftover)) await rm(leftover, { force: true });
  }
}

async function isLeftover(path: string): Promise<boolean> {
  const owner = await readOwner(path).catch(() => undefined);
  // Nothing in it: its start was killed before the first byte, or is about to write it.
  if (owner === undefined) return (await ageMs(path)) > DRAFT_MS;
  return owner !== 'gone' && (await isDead(path, owner));
}

async function ageMs(path: string): Promise<number> {
  const stats = await stat(path).catch(() => undefined);
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function isDead(path: string, { host, pid, started }: LockOwner): Promise<boolean> {
  if (host !== hostname()) return (await ageMs(path)) > LAST_BEAT_MS;
  const start = findProcessStart(pid);
  if (start === undefined) return true;
  return start !== '' && started !== '' && start !== started;
}

function locked(path: string, { pid, host, since }: LockOwner): LockedError {
  const file = path.replace(/\.lock$/, '');
  return new LockedError(
    `${file} is being worked on since ${since} by process ${pid} on ${host}. This start ends; the next one goes on.`,
  );
}
