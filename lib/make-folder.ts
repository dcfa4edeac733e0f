import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isSystemError } from './system-error.ts';

/**
 * Makes a folder and those above it that are missing. Node's own `recursive` never ends where the system says of a new folder
 * that it is not there, as in `/proc`.
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  try {
    await makeOne(path, mode);
  } catch (error) {
    const parent = dirname(path);
    if (!isSystemError(error, 'ENOENT') || parent === path) throw error;
    await makeFolder(parent, mode);
    await makeOne(path, mode);
  }
}

async function makeOne(path: string, mode?: number): Promise<void> {
  try {
    await mkdir(path, mode);
  } catch (error) {
    const isThere =
      isSystemError(error) && (await stat(path).catch(() => undefined))?.isDirectory();
    if (isThere !== true) throw error;
  }
}
