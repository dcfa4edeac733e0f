import { stat } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { renderDashboard } from '../../app/dashboard-page.ts';
import { lockFile } from '../../lib/file-lock.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { systemClock } from '../../lib/system-clock.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { UsageError } from '../../lib/usage-error.ts';
import type { Dashboard } from './dashboard.ts';

export type WrittenDashboard = {
  readonly path: string;
  readonly bytes: number;
  readonly plays: number;
  readonly playlists: number;
};

const LOCK_WAIT_MS = 60_000;

/**
 * Writes the whole dashboard into one file that only its owner can read.
 *
 * @throws UsageError where the path is no file's or the library's own, or its folder is missing
 * @throws LockedError, EtlError as `readDashboardData`
 */
export async function writeDashboard(
  dashboard: Dashboard,
  path: string,
): Promise<WrittenDashboard> {
  await assertFile(path, dashboard.library);
  const busy = `Another process is writing ${path}`;
  const refuse = (error: unknown): never => {
    if (!isSystemError(error)) throw error;
    throw new Error(`${path} cannot be written: ${error.message}.`, { cause: error });
  };
  const waiting = { clock: systemClock, busy, waitMs: LOCK_WAIT_MS };
  const lock = await lockFile(`${path}.lock`, waiting).catch(refuse);
  try {
    const { packed, ...counts } = await dashboard.pack();
    const html = Buffer.from(renderDashboard({ ...(await dashboard.readPage()), packed }));
    await replaceFile(path, html, { mode: 0o600 }).catch(refuse);
    return { path, bytes: html.length, ...counts };
  } finally {
    await lock.release();
  }
}

async function assertFile(path: string, library: string): Promise<void> {
  const found = await statOf(path);
  if (found === undefined) {
    await assertFolder(path.endsWith('/') || path.endsWith(sep) ? path : dirname(path));
    return;
  }
  if (found.isDirectory()) {
    throw new UsageError(`${path} is a folder. Name a file: ${join(path, 'dashboard.html')}`);
  }
  if (!found.isFile()) {
    throw new UsageError(`${path} is a device or a pipe. Name a file, such as dashboard.html.`);
  }
  // By whatever name: a link to it is the library too.
  const own = await Promise.all(['', '-wal', '-shm'].map((end) => statOf(`${library}${end}`)));
  if (own.some((part) => part?.ino === found.ino && part.dev === found.dev)) {
    throw new UsageError(`${path} is the library. Name another file for the page.`);
  }
}

async function assertFolder(path: string): Promise<void> {
  if ((await statOf(path))?.isDirectory() === true) return;
  throw new UsageError(`There is no folder ${path}. Make it, or name another one.`);
}

const statOf = (at: string) => stat(at, { bigint: true }).catch(() => undefined);
