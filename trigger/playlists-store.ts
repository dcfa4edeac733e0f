/** Where the playlists come from and go back to: a file, or standard input and output. */
import { readFile, realpath, stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { type FileVersion, isSameVersion, replaceFile } from '../lib/replace-file.ts';
import { ignoring, isSystemError } from '../lib/system-error.ts';
import { messageOf, UsageError } from '../lib/usage-error.ts';

export type PlaylistsStore = {
  /** What messages call it. */
  readonly name: string;
  /** Whether answers go back one by one, or all at the end. */
  readonly isRewritable: boolean;
  /** Everything, as it is at rest. */
  read: () => Promise<Buffer>;
  /** Puts this in its place; false, and nothing done, where it is no longer what was read or written last. */
  replace: (chunks: Iterable<Uint8Array>) => Promise<boolean>;
};

const READS = 10;
const SETTLE_MS = 50;

/**
 * The store of a file. A link is followed: what it leads to is replaced, not the link.
 *
 * @throws UsageError where there is no such file
 */
export async function openFileStore(
  file: string,
  sleep: (ms: number) => Promise<void>,
): Promise<PlaylistsStore & { readonly path: string }> {
  const path = await realpath(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be opened: ${explain(error)}`);
  });
  let known: FileVersion | undefined;
  const hasChanged = async (): Promise<boolean> => {
    const now = await stat(path, { bigint: true }).catch(ignoring('ENOENT'));
    return known === undefined || now === undefined || !isSameVersion(known, now);
  };
  return {
    name: file,
    path,
    isRewritable: true,
    read: async () => {
      const { version, source } = await readAtRest(path, sleep);
      known = version;
      return source;
    },
    replace: async (chunks) => {
      if (await hasChanged()) return false;
      const { mode, uid, gid } = await stat(path);
      const version = await replaceFile(path, Buffer.concat([...chunks]), {
        mode,
        owner: { uid, gid },
        mayReplace: async () => !(await hasChanged()),
      });
      if (version !== undefined) known = version;
      return version !== undefined;
    },
  };
}

/** A file that is being written is not read in half: it must be the same before, after, and a moment later if it is new. */
async function readAtRest(
  path: string,
  sleep: (ms: number) => Promise<void>,
): Promise<{ version: FileVersion; source: Buffer }> {
  for (let reads = 0; reads < READS; reads += 1) {
    const before = await statFile(path).catch(ignoring('ENOENT'));
    const source = await readFile(path).catch(ignoring('ENOENT'));
    if (before === undefined || source === undefined) {
      await sleep(SETTLE_MS);
      continue;
    }
    if (Date.now() - Number(before.mtimeMs) < SETTLE_MS) await sleep(SETTLE_MS);
    const version = await statFile(path).catch(ignoring('ENOENT'));
    if (version === undefined) continue;
    if (isSameVersion(before, version) && source.length === Number(version.size)) {
      return { version, source };
    }
    await sleep(SETTLE_MS);
  }
  throw new UsageError(
    `${path} is being written by another program and does not come to rest. Start again when it is done.`,
  );
}

async function statFile(path: string): Promise<FileVersion & { readonly mtimeMs: bigint }> {
  const stats = await stat(path, { bigint: true });
  if (!stats.isFile()) throw new UsageError(`${path} is not a file. Name the playlists file.`);
  return stats;
}

function explain(error: unknown): string {
  if (isSystemError(error, 'ENOENT')) return 'there is no such file. Name a playlists file.';
  return messageOf(error);
}

/** The store of `-`: rows from standard input, the whole file to standard output once, at the end. */
export function createStreamStore(input: Readable, output: Writable): PlaylistsStore {
  return {
    name: 'standard input',
    isRewritable: false,
    read: () => buffer(input),
    replace: async (chunks) => {
      await pipeline(chunks, output, { end: false });
      return true;
    },
  };
}
