/**
 * Replaces a file so that a reader, or a crash at any moment, finds the old one or the new one, whole.
 *
 * By hand and not by a package: the usual one takes a short write for a whole one, and a disk that fills up in the middle
 * would then be a file cut in the middle.
 */
import type { BigIntStats } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError } from './usage-error.ts';

type Replacement = {
  readonly path: string;
  readonly chunks: Iterable<Uint8Array>;
  /** Whose the file was, and who may read it. */
  readonly stats: { readonly mode: number; readonly uid: number; readonly gid: number };
  /** Asked right before the old file goes; false leaves it. */
  readonly mayReplace: () => Promise<boolean>;
};

/** What tells two versions of a file apart; a rename leaves it. */
export type FileVersion = Pick<BigIntStats, 'ino' | 'size' | 'mtimeNs'>;

export function isSameVersion(one: FileVersion, other: FileVersion): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs;
}

const BATCH_BYTES = 262_144;

/**
 * Writes the file anew and returns what marks this version of it; undefined where `mayReplace` forbade it. There is one
 * writer at a time: the lock sees to it.
 */
export async function replaceFile(replacement: Replacement): Promise<FileVersion | undefined> {
  const { path, mayReplace } = replacement;
  const temporary = `${path}.tmp`;
  // One of a start that was killed.
  await rm(temporary, { force: true });
  try {
    const version = await writeAll(temporary, replacement);
    if (!(await mayReplace())) {
      await rm(temporary, { force: true });
      return undefined;
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return version;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function writeAll(temporary: string, { chunks, stats }: Replacement): Promise<FileVersion> {
  // `wx`: never through a link that somebody has laid there. Narrow until it has the old file's mode.
  const file = await open(temporary, 'wx', 0o600);
  try {
    await writeChunks(file, chunks);
    await keepOwner(file, stats);
    await file.chmod(stats.mode & 0o7777);
    await file.sync();
    return await file.stat({ bigint: true });
  } finally {
    await file.close();
  }
}

/** Many small chunks in few writes, through one piece of memory for all of them. */
async function writeChunks(file: FileHandle, chunks: Iterable<Uint8Array>): Promise<void> {
  const batch = Buffer.allocUnsafe(BATCH_BYTES);
  let filled = 0;
  const flush = async (): Promise<void> => {
    // Writes until all is written: a disk that is nearly full takes a part first.
    await file.writeFile(batch.subarray(0, filled));
    filled = 0;
  };
  for (const chunk of chunks) {
    if (filled + chunk.length > BATCH_BYTES) await flush();
    if (chunk.length > BATCH_BYTES) await file.writeFile(chunk);
    else {
      batch.set(chunk, filled);
      filled += chunk.length;
    }
  }
  await flush();
}

async function keepOwner(file: FileHandle, { uid, gid }: Replacement['stats']): Promise<void> {
  const { uid: ownUid, gid: ownGid } = await file.stat();
  if (ownUid === uid && ownGid === gid) return;
  await file.chown(uid, gid).catch((error: unknown) => {
    // Only root may give a file away; who may write here may write.
    if (!isSystemError(error, 'EPERM', 'EINVAL', 'ENOSYS')) throw error;
  });
}

/** Without this a power cut could bring the old name back. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot.
    if (!isSystemError(error, 'EINVAL', 'ENOTSUP')) throw error;
  } finally {
    await handle.close();
  }
}
