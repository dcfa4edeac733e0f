/**
 * Replaces a file atomically: a reader or a crash finds the whole old file or the whole new one.
 *
 * No package: write-file-atomic accepts a short write, so a full disk would leave a cut file.
 */
import type { BigIntStats } from 'node:fs';
import { copyFile, type FileHandle, open, rename, rm, stat, writeFile } from 'node:fs/promises';
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
export async function replaceFile(
  path: string,
  content: string | Uint8Array,
  replacement: Replacement,
): Promise<FileVersion | undefined> {
  const temporary = `${path}.tmp`;
  // A killed process can have left one.
  await rm(temporary, { force: true });
  try {
    const version = await writeAll(temporary, content, replacement);
    if ((await replacement.mayReplace?.()) === false) return undefined;
    if (await renameUnlessMount(temporary, path)) {
      await syncFolder(dirname(path));
      return version;
    }
    await writeFile(path, content, { flush: true });
    return await stat(path, { bigint: true });
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/**
 * The same for content that comes piece by piece: `fill` writes a file that is there and empty, and only its owner can read. Where
 * it throws, the old file stays.
 */
export async function replaceFileWith(
  path: string,
  fill: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.tmp`;
  await rm(temporary, { force: true });
  try {
    await writeFile(temporary, '', { flag: 'wx', mode: 0o600 });
    await fill(temporary);
    await syncFile(temporary);
    if (!(await renameUnlessMount(temporary, path))) await copyFile(temporary, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
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

async function writeAll(
  temporary: string,
  content: string | Uint8Array,
  { mode, owner }: Replacement,
): Promise<FileVersion> {
  // `wx` does not follow a link.
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(content);
    if (owner !== undefined) await keepOwner(file, owner);
    // File systems without permissions refuse.
    await file.chmod(mode & 0o7777).catch(ignoring('EPERM', 'ENOTSUP', 'ENOSYS'));
    await file.sync();
    return await file.stat({ bigint: true });
  } finally {
    await file.close();
  }
}

/** Only root can give a file away; others keep it as their own. */
async function keepOwner(
  file: FileHandle,
  { uid, gid }: NonNullable<Replacement['owner']>,
): Promise<void> {
  const own = await file.stat();
  if (own.uid === uid && own.gid === gid) return;
  await file.chown(uid, gid).catch(ignoring('EPERM', 'EINVAL', 'ENOSYS', 'ENOTSUP'));
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
