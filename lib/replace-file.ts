/**
 * Replaces a file atomically: a reader or a crash finds the whole old file or the whole new one.
 *
 * No package: write-file-atomic accepts a short write, so a full disk would leave a cut file.
 */
import type { BigIntStats } from 'node:fs';
import { chmod, chown, copyFile, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ignoring, isSystemError } from './system-error.ts';

type Replacement = {
  /** Permission bits, regardless of the umask. */
  readonly mode: number;
  /** Default: this process's. */
  readonly owner?: { readonly uid: number; readonly gid: number };
  /** Called right before the old file is replaced; false keeps it. */
  readonly mayReplace?: () => Promise<boolean>;
};

/** Identifies a version of a file. A rename keeps it. */
export type FileVersion = Pick<BigIntStats, 'ino' | 'size' | 'mtimeNs'>;

export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs;
}

/**
 * Writes `<path>.tmp` and renames it. Returns the new version, or undefined if `mayReplace` said no. A file that is a mount is
 * written in place. Only one process can write a path at a time: hold a lock.
 */
export function replaceFile(
  path: string,
  content: string | Uint8Array,
  { mayReplace, mode, owner }: Replacement,
): Promise<FileVersion | undefined> {
  const fill = async (temporary: string): Promise<void> => {
    // `wx` does not follow a link.
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600, flush: true });
    if (owner !== undefined) await keepOwner(temporary, owner);
    // File systems without permissions refuse.
    await chmod(temporary, mode & 0o7777).catch(ignoring('EPERM', 'ENOTSUP', 'ENOSYS'));
  };
  return replaceBy(path, fill, mayReplace);
}

/**
 * The same for content that comes piece by piece: `fill` writes a file that is there and empty, and only its owner can read. Where
 * it throws, the old file stays.
 */
export async function replaceFileWith(
  path: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  await replaceBy(path, async (temporary) => {
    await writeFile(temporary, '', { flag: 'wx', mode: 0o600 });
    await fill(temporary);
    await syncFile(temporary);
  });
}

async function replaceBy(
  path: string,
  fill: (temporary: string) => Promise<void>,
  mayReplace?: () => Promise<boolean>,
): Promise<FileVersion | undefined> {
  const temporary = `${path}.tmp`;
  // A killed process can have left one.
  await rm(temporary, { force: true });
  try {
    await fill(temporary);
    const version = await stat(temporary, { bigint: true });
    if ((await mayReplace?.()) === false) return undefined;
    const isRenamed = await renameUnlessMount(temporary, path);
    if (!isRenamed) await copyFile(temporary, path);
    await syncFolder(dirname(path));
    return isRenamed ? version : await stat(path, { bigint: true });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** False if `path` is a mount, such as a Docker volume of one file: it cannot be replaced. */
async function renameUnlessMount(temporary: string, path: string): Promise<boolean> {
  try {
    await rename(temporary, path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EBUSY')) return false;
    throw error;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Only root can give a file away; others keep it as their own. */
async function keepOwner(
  path: string,
  { uid, gid }: NonNullable<Replacement['owner']>,
): Promise<void> {
  const own = await stat(path);
  if (own.uid === uid && own.gid === gid) return;
  await chown(path, uid, gid).catch(ignoring('EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP'));
}

/** Makes renames in a folder survive a power cut, if the system can. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    // Some network file systems cannot.
    await handle.sync().catch(ignoring('EINVAL', 'ENOTSUP'));
  } finally {
    await handle.close();
  }
}
