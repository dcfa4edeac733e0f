/** Publishes files together, or none. */
import { mkdtemp, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../lib/make-folder.ts';
import { syncFolder } from '../../lib/replace-file.ts';

/** A folder next to the files that will be replaced, on the same disk, so that a rename is enough. */
export type WorkFolder = {
  /** Adds a file, which is invisible until its folder is published, and returns its size. */
  readonly addFile: (name: string, fill: (path: string) => Promise<void>) => Promise<number>;
  /** Moves every file into its place, replacing old ones. */
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
  const work = await mkdtemp(join(out, PREFIX));
  const names: string[] = [];
  return {
    addFile: async (name, fill) => {
      const path = join(work, name);
      await makeFolder(dirname(path));
      await fill(path);
      names.push(name);
      return await syncFile(path);
    },
    publish: async () => {
      const folders = new Set(names.map((name) => dirname(join(out, name))));
      for (const folder of folders) await makeFolder(folder);
      for (const name of names) await rename(join(work, name), join(out, name));
      for (const folder of folders) await syncFolder(folder);
    },
    remove: () => rm(work, { recursive: true, force: true }),
  };
}

/** Flushes a file to disk. Returns its size. */
async function syncFile(path: string): Promise<number> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
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
