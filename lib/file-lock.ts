/**
 * A lock between processes. It is a folder; its holder is a file in it with a unique name, so removing a dead holder never
 * removes the one that has just replaced it. A process that has written its file and sees no other holds the lock. If two write
 * at once, at least one sees the other and steps back.
 */
import { randomUUID } from 'node:crypto';
import * as fs from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Clock } from './clock.ts';
import { parseJson } from './parse-json.ts';
import { findProcessStart } from './process-start.ts';
import { retry } from './retry.ts';
import { ignoring, isSystemError } from './system-error.ts';

export type FileLock = {
  /** False after another process took the lock over, because this one was frozen for so long that it counted as dead. */
  readonly isHeld: () => Promise<boolean>;
  readonly release: () => Promise<void>;
  /** A line about the dead holder that was replaced. */
  readonly takeover?: string;
};

type LockOptions = {
  readonly clock: Clock;
  /** Begins the error's message, such as `Another run is already working on this file`. */
  readonly busy: string;
  /** How long to wait for the lock before failing. */
  readonly waitMs?: number;
};

/** Another process holds the lock. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
}

/** Another process is taking or leaving the lock at this moment. */
class ContendedError extends Error {}

const printable = z.string().check(z.regex(/^[ -~]*$/));
const holderSchema = z.object({
  pid: z.int().check(z.gt(0)),
  started: printable,
  host: printable,
  since: printable,
});
type Holder = z.infer<typeof holderSchema>;

/** A holder whose process is invisible (another machine, an unreadable file) counts as dead after this long without a renewal. */
const STALE_MS = 600_000;
const RENEW_MS = 60_000;
/** Longer than it takes to write a holder's file after creating it. */
const WRITE_MS = 1_000;
const MAX_PAUSE_MS = 40;
const HOLDER_NAME = /^[0-9a-f-]{36}$/;

/** Takes the lock at `path`, which is a folder while it is held. Throws LockedError if another process holds it. */
export async function lockFile(path: string, options: LockOptions): Promise<FileLock> {
  const { clock, waitMs = 0 } = options;
  const startedAt = clock.now();
  return await retry(() => tryLock(path, options), {
    clock,
    planDelayMs: (error) => {
      const isWaiting = error instanceof LockedError && clock.now() - startedAt < waitMs;
      return isWaiting || error instanceof ContendedError
        ? 1 + clock.random() * MAX_PAUSE_MS
        : undefined;
    },
  });
}

async function tryLock(path: string, { busy, clock }: LockOptions): Promise<FileLock> {
  const takeover = await removeDead(path, busy);
  const own = join(path, randomUUID());
  await fs.mkdir(path).catch(ignoring('EEXIST'));
  try {
    await fs.writeFile(own, await describeThisProcess(clock), { flag: 'wx' });
    const [holder, ...others] = await findHolders(path);
    if (holder !== own || others.length > 0) throw new ContendedError();
  } catch (error) {
    await fs.rm(own, { force: true }).catch(() => undefined);
    // A release can remove the folder right after mkdir has found it.
    throw isSystemError(error, 'ENOENT') ? new ContendedError() : error;
  }
  const renewal = setInterval(() => {
    fs.utimes(own, new Date(), new Date()).catch(() => undefined);
  }, RENEW_MS);
  renewal.unref();
  return {
    ...(takeover === undefined ? {} : { takeover }),
    isHeld: async () => (await findAgeMs(own)) !== undefined,
    release: async () => {
      clearInterval(renewal);
      await fs.rm(own, { force: true });
      await fs.rmdir(path).catch(() => undefined);
    },
  };
}

async function describeThisProcess(clock: Clock): Promise<string> {
  const holder: Holder = {
    pid: process.pid,
    started: (await findProcessStart(process.pid)) ?? '',
    host: hostname(),
    since: new Date(clock.now()).toISOString(),
  };
  return `${JSON.stringify(holder)}\n`;
}

/** Removes dead holders and returns a line about them. Throws LockedError if a holder is alive. */
async function removeDead(path: string, busy: string): Promise<string | undefined> {
  let takeover: string | undefined;
  for (const file of await findHolders(path)) {
    const ageMs = await findAgeMs(file);
    if (ageMs === undefined) continue;
    const text = await fs.readFile(file, 'utf8').catch(ignoring('ENOENT'));
    if (text === undefined) continue;
    // Undefined for a file that names no process, such as an empty one after a power cut.
    const holder = holderSchema.safeParse(parseJson(text)).data;
    if (holder === undefined && ageMs < WRITE_MS) throw new ContendedError();
    // An empty one was left by a process that ended before it could write, such as in a power cut.
    if (text !== '' && !(await isDead(holder, ageMs)))
      throw new LockedError(`${busy}${describe(holder)}.`);
    // Another process can have removed it, and made a folder of a file.
    await fs.unlink(file).catch(ignoring('ENOENT', 'EISDIR', 'EPERM'));
    takeover = `Took over ${path} from a process that is gone${describe(holder)}.`;
  }
  return takeover;
}

async function findHolders(path: string): Promise<string[]> {
  const found = await fs.lstat(path).catch(ignoring('ENOENT'));
  if (found === undefined) return [];
  // Version 0.1 had a file for a lock.
  if (found.isFile()) return [path];
  if (!found.isDirectory()) throw new Error(`${path} is in the way: it is not a lock. Remove it.`);
  const names = (await fs.readdir(path).catch(ignoring('ENOENT'))) ?? [];
  return names.filter((name) => HOLDER_NAME.test(name)).map((name) => join(path, name));
}

async function isDead(holder: Holder | undefined, ageMs: number): Promise<boolean> {
  if (holder?.host !== hostname()) return ageMs > STALE_MS;
  const started = await findProcessStart(holder.pid);
  if (started === undefined) return true;
  const isKnown = started !== '' && holder.started !== '';
  return isKnown ? started !== holder.started : ageMs > STALE_MS;
}

/** Undefined once the file is gone. */
async function findAgeMs(file: string): Promise<number | undefined> {
  const found = await fs.stat(file).catch(ignoring('ENOENT'));
  return found === undefined ? undefined : Date.now() - found.mtimeMs;
}

/** Such as ` (process 13888, started 22:52)`. */
function describe(holder: Holder | undefined): string {
  if (holder === undefined) return '';
  const host = holder.host === hostname() ? '' : ` on ${holder.host}`;
  return ` (process ${holder.pid}${host}, started ${toLocalTime(new Date(holder.since))})`;
}

/** `22:52`, with the date if that is not today. */
function toLocalTime(time: Date): string {
  if (Number.isNaN(time.getTime())) return 'at an unknown time';
  const day = time.toLocaleDateString('sv-SE');
  const minute = time.toLocaleTimeString('sv-SE', { timeStyle: 'short' });
  return day === new Date().toLocaleDateString('sv-SE') ? minute : `${day} ${minute}`;
}
