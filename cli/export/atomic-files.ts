/** Publishes files together, or none. */
import { type FileHandle, mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolder } from '../../lib/make-folder.ts';
import { syncFolder } from '../../lib/replace-file.ts';

/** A folder next to the files that will be replaced, on the same disk, so that a rename is enough. */
export type WorkFolder = {
  readonly path: string;
  /** A file that is invisible until its folder is published. */
  readonly createFile: (name: string) => Promise<FileHandle>;
  /** Moves every file into its place, replacing old ones; each must be finished. */
  readonly publish: () => Promise<void>;
  /** Removes unpublished files. */
  readonly remove: () => Promise<void>;
};

const PREFIX = '.export-';
const LEFT_BEHIND_MS = 24 * 60 * 60 * 1000;

/** Creates a working folder below `out`, and removes those that killed exports left there a day ago or longer. */
export async function createWorkFolder(out: string, now: number): Promise<WorkFolder> {
  await makeFolder(out);
  await removeLeftBehind(out, now);
  const path = await mkdtemp(join(out, PREFIX));
  const handles: FileHandle[] = [];
  const names: string[] = [];
  return {
    path,
    createFile: async (name) => {
      const handle = await open(join(path, name), 'wx');
      handles.push(handle);
      names.push(name);
      return handle;
    },
    publish: async () => {
      for (const name of names) await rename(join(path, name), join(out, name));
      await syncFolder(out);
    },
    remove: async () => {
      for (const handle of handles) await handle.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Flushes a file to disk and closes it. Returns its size. */
export async function finishFile(file: FileHandle): Promise<number> {
  await file.sync();
  const { size } = await file.stat();
  await file.close();
  return size;
}

async function removeLeftBehind(out: string, now: number): Promise<void> {
  for (const name of await readdir(out)) {
    if (!name.startsWith(PREFIX)) continue;
    const path = join(out, name);
    // Another export can just have ended and removed its folder.
    const { mtimeMs = now } = (await stat(path).catch(() => undefined)) ?? {};
    if (now - mtimeMs > LEFT_BEHIND_MS) await rm(path, { recursive: true, force: true });
  }
}
