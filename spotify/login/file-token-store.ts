import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { EtlError } from '../../etl/errors.ts';
import { ABANDONED_AFTER_MS, type FileLock, lockFile } from './file-lock.ts';
import { parseLoginText, sha256, toLoginText } from './login-text.ts';
import { isSystemError } from './system-error.ts';
import type { StoredLogin, TokenStore } from './token-store.ts';

/**
 * Keeps a login in a file that only its owner may read. Any number of processes may use it at once: a writer holds a lock
 * file beside it for the moment in which it compares and replaces, and a reader finds the old login or the new one, whole.
 * A version is the hash of the text, and the text names the version it replaced, so that no version comes twice.
 */
export function createFileTokenStore(path: string): TokenStore {
  const find = async (): Promise<StoredLogin | undefined> => {
    const text = await readText(path);
    return text === undefined
      ? undefined
      : { login: parseLoginText(text, path), version: sha256(text) };
  };
  return {
    place: path,
    find: () => named(path, find),
    put: (login, replaces) =>
      named(path, async () => {
        const { text, version } = toFileText(toLoginText(login), replaces);
        const draft = await writeDraft(path, text);
        try {
          return await whileLocked(path, draft, async (lock) => {
            const current = (await find())?.version;
            if (current === version) return version;
            if (current !== replaces) return undefined;
            if (!(await lock.isHeld())) throw busy(path);
            await rename(draft.path, path);
            await syncFolder(dirname(path));
            await sweepDrafts(path, draft.writtenAtMs);
            return version;
          });
        } finally {
          await rm(draft.path, { force: true });
        }
      }),
    remove: () =>
      named(path, async () => {
        if ((await readText(path)) === undefined) return;
        const draft = await writeDraft(path, '');
        try {
          await whileLocked(path, draft, () => rm(path, { force: true }));
          await syncFolder(dirname(path));
        } finally {
          await rm(draft.path, { force: true });
        }
      }),
  };
}

/** A file waiting to take the login's place. `writtenAtMs` is the time of the file system, by which locks are dated too. */
type Draft = { readonly path: string; readonly writtenAtMs: number };

/** Later than any live writer's draft can be. */
const DRAFT_ABANDONED_AFTER_MS = 6 * ABANDONED_AFTER_MS;

function toFileText(
  loginText: string,
  replaces: string | undefined,
): { readonly text: string; readonly version: string } {
  // A line of its own, which the login's schema passes over.
  const text =
    replaces === undefined
      ? `${loginText}\n`
      : `${loginText.replace(/\n\}$/, `,\n  "replaces": "${replaces}"\n}`)}\n`;
  return { text, version: sha256(text) };
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function writeDraft(path: string, text: string): Promise<Draft> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const draftPath = `${path}.${randomUUID()}.tmp`;
  const file = await open(draftPath, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
    return { path: draftPath, writtenAtMs: (await file.stat()).mtimeMs };
  } catch (error) {
    await rm(draftPath, { force: true }).catch(() => undefined);
    throw error;
  } finally {
    await file.close();
  }
}

async function whileLocked<Result>(
  path: string,
  draft: Draft,
  action: (lock: FileLock) => Promise<Result>,
): Promise<Result> {
  const lock = await lockFile(`${path}.lock`, draft.writtenAtMs);
  if (lock === undefined) throw busy(path);
  try {
    return await action(lock);
  } finally {
    await lock.release();
  }
}

function busy(path: string): EtlError {
  return new EtlError(
    'TOKEN_STORE_UNAVAILABLE',
    `Other processes keep writing to ${path}. Try again in a minute; if it stays so, remove ${path}.lock.`,
    { retryAfterSeconds: 60 },
  );
}

/** What processes that were killed left behind: they are logins too. */
async function sweepDrafts(path: string, nowMs: number): Promise<void> {
  const drafts = (await readdir(dirname(path))).filter(
    (name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'),
  );
  for (const name of drafts) {
    const draft = join(dirname(path), name);
    const writtenAtMs = await stat(draft).then(
      ({ mtimeMs }) => mtimeMs,
      () => nowMs,
    );
    if (nowMs - writtenAtMs > DRAFT_ABANDONED_AFTER_MS) await rm(draft, { force: true });
  }
}

/** Without this a power cut could bring the old login back, whose refresh token is used up. */
async function syncFolder(folder: string): Promise<void> {
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

/** Says of what the system refuses which file it was about. Its errors name paths and calls, never what is written. */
async function named<Result>(path: string, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (isSystemError(error, 'EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'EEXIST')) {
      throw new EtlError(
        'CONFIG_INVALID',
        `The login in ${path} cannot be used: ${error.code}. This user must be able to read and write the file and its folder.`,
        { cause: error },
      );
    }
    if (isSystemError(error)) {
      throw new EtlError(
        'TOKEN_STORE_UNAVAILABLE',
        `The login in ${path} could not be read or written: ${error.code}. Try again once the disk works.`,
        { cause: error },
      );
    }
    throw error;
  }
}
