import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { renderDashboard } from '../../app/dashboard-page.ts';
import { lockFile } from '../../lib/file-lock.ts';
import { replaceFile } from '../../lib/replace-file.ts';
import { systemClock } from '../../lib/system-clock.ts';
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
 * @throws UsageError where the path is a folder's, or its folder is missing
 * @throws LockedError, EtlError as `readDashboardData`
 */
export async function writeDashboard(
  dashboard: Dashboard,
  path: string,
): Promise<WrittenDashboard> {
  await assertFile(path);
  const busy = `Another process is writing ${path}`;
  const lock = await lockFile(`${path}.lock`, { clock: systemClock, busy, waitMs: LOCK_WAIT_MS });
  try {
    const { packed, ...counts } = await dashboard.pack();
    const html = Buffer.from(renderDashboard({ ...(await dashboard.readPage()), packed }));
    await replaceFile(path, html, { mode: 0o600 });
    return { path, bytes: html.length, ...counts };
  } finally {
    await lock.release();
  }
}

async function assertFile(path: string): Promise<void> {
  const isFolder = async (at: string): Promise<boolean | undefined> =>
    (await stat(at).catch(() => undefined))?.isDirectory();
  if ((await isFolder(path)) === true) {
    throw new UsageError(`${path} is a folder. Name a file: ${join(path, 'dashboard.html')}`);
  }
  if ((await isFolder(dirname(path))) === true) return;
  throw new UsageError(`There is no folder ${dirname(path)}. Make it, or name another one.`);
}
