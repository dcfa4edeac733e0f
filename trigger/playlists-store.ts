/** The store of a playlists file. */
import { readFile, realpath, stat } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import { type FileVersion, isSameVersion, replaceFile } from '../lib/replace-file.ts';
import { retry } from '../lib/retry.ts';
import { ignoring, isSystemError } from '../lib/system-error.ts';
import { messageOf, UsageError } from '../lib/usage-error.ts';

export type PlaylistsStore = {
  /** For messages. */
  readonly name: string;
  readonly read: () => Promise<Buffer>;
  /** Replaces the version that was read last; false, without a change, if there is a newer one. */
  readonly replace: (chunks: Iterable<Uint8Array>) => Promise<boolean>;
  /** Checks before the first request that the file can be written, by replacing it with itself. */
  readonly assertWritable?: (source: Buffer) => Promise<void>;
};

const MAX_EDITS = 5;
const MAX_READS = 10;
const SETTLE_MS = 50;

/** Edits the file as it is now; returns the edit. */
export async function editStore<Edit extends { readonly chunks: readonly Uint8Array[] }>(
  store: Pick<PlaylistsStore, 'name' | 'read' | 'replace'>,
  edit: (source: Buffer) => Edit,
): Promise<Edit> {
  for (let tries = MAX_EDITS; tries > 0; tries -= 1) {
    const source = await store.read();
    const result = edit(source);
    const edited = Buffer.concat(result.chunks);
    if (source.equals(edited) || (await store.replace([edited]))) return result;
  }
  throw new Error(`Another program keeps editing ${store.name}. Close that program.`);
}

/** Opens the store of a file. Follows a link, so that its target is replaced. Throws UsageError if there is no file. */
export async function openFileStore(file: string, clock: Clock): Promise<PlaylistsStore> {
  const path = await realpath(file).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be opened: ${messageOf(error)}. Name a playlists file.`);
  });
  let known: FileVersion | undefined;
  const isUnchanged = async (): Promise<boolean> => {
    const now = await stat(path, { bigint: true }).catch(ignoring('ENOENT'));
    return known !== undefined && now !== undefined && isSameVersion(known, now);
  };
  const replace = async (chunks: Iterable<Uint8Array>): Promise<boolean> => {
    if (!(await isUnchanged())) return false;
    const { gid, mode, uid } = await stat(path);
    const replacement = { mode, owner: { uid, gid }, mayReplace: isUnchanged };
    const version = await replaceFile(path, Buffer.concat([...chunks]), replacement);
    known = version ?? known;
    return version !== undefined;
  };
  return {
    name: path,
    read: async () => {
      const { source, version } = await readAtRest(path, clock, known);
      known = version;
      return source;
    },
    replace,
    assertWritable: async (source) => {
      await replace([source]);
    },
  };
}

class BeingWritten extends UsageError {}

/** Unless the version is `known`, the file must stay the same for a moment, so that a half-written file is not read. */
function readAtRest(path: string, clock: Clock, known?: FileVersion) {
  const readOnce = async () => {
    const version = await stat(path, { bigint: true });
    if (!version.isFile()) throw new UsageError(`${path} is not a file. Name the playlists file.`);
    const isYoung = Date.now() - Number(version.mtimeMs) < SETTLE_MS;
    if (isYoung && !(known && isSameVersion(known, version))) await clock.sleep(SETTLE_MS);
    const source = await readFile(path);
    if (isSameVersion(version, await stat(path, { bigint: true }))) return { source, version };
    throw new BeingWritten(
      `${path} is being written by another program. Run this again when that is done.`,
    );
  };
  const planDelayMs = (error: Error, attempt: number): number | undefined => {
    // Editors and git can remove a file for a moment.
    const isPassing = error instanceof BeingWritten || isSystemError(error, 'ENOENT');
    return isPassing && attempt < MAX_READS ? SETTLE_MS : undefined;
  };
  return retry(readOnce, { clock, planDelayMs });
}

/** Keeps the playlists in memory: for rows from standard input. */
export function createMemoryStore(source: Buffer): PlaylistsStore {
  let current = source;
  return {
    name: 'standard input',
    read: () => Promise.resolve(current),
    replace: (chunks) => {
      current = Buffer.concat([...chunks]);
      return Promise.resolve(true);
    },
  };
}
