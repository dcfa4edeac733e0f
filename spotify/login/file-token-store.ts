import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EtlError } from '../../etl/errors.ts';
import { type FileLock, LockedError, lockFile } from '../../lib/file-lock.ts';
import { makeFolder } from '../../lib/make-folder.ts';
import { replaceFile, syncFolder } from '../../lib/replace-file.ts';
import { systemClock } from '../../lib/system-clock.ts';
import { ignoring, isSystemError } from '../../lib/system-error.ts';
import { isSameLogin } from './login-changes.ts';
import {
  type HeldLogin,
  type Login,
  parseLoginText,
  type StoredLogin,
  type TokenStore,
  toLoginText,
} from './token-store.ts';

/** Longer than a refresh holds the lock. */
const LOCK_WAIT_MS = 40_000;
/** Errors that a person must fix; others are transient. */
const REFUSALS = ['EACCES', 'EPERM', 'EROFS', 'EISDIR', 'ENOTDIR', 'EEXIST'];
const MUST_BE_OURS = 'This user must be able to read and write the file and its folder.';
const LATER = 'Try again once the disk works.';

/**
 * Keeps a login in a file that only its owner can read. A process that refreshes holds a lock next to the file. A reader needs
 * none: it finds the whole old login or the whole new one.
 */
export class FileTokenStore implements TokenStore {
  readonly place: string;

  constructor(path: string) {
    this.place = path;
  }

  find(): Promise<StoredLogin | undefined> {
    return this.#named(() => this.#read());
  }

  hold(found: StoredLogin): Promise<HeldLogin | undefined> {
    return this.#named(async () => {
      const lock = await this.#lock(0).catch(ignoringLocked);
      if (lock === undefined) return undefined;
      if ((await this.#readText()) === found.version) return this.#toHeld(found.login, lock);
      await lock.release();
      return undefined;
    });
  }

  replace(login: Login): Promise<boolean> {
    return this.#named(async () => {
      await makeFolder(dirname(this.place), 0o700);
      return this.#whileLocked(async () => {
        const isReplacement = (await this.#read()) !== undefined;
        await this.#write(login);
        return isReplacement;
      });
    });
  }

  remove(): Promise<void> {
    return this.#named(async () => {
      if ((await this.#readText()) === undefined) return;
      await this.#whileLocked(() => rm(this.place, { force: true }));
      await syncFolder(dirname(this.place));
    });
  }

  #toHeld(login: Login, lock: FileLock): HeldLogin {
    const isStored = async (): Promise<boolean> => {
      const found = await this.#read();
      return found !== undefined && isSameLogin(found.login, login);
    };
    return {
      save: (next, options) =>
        this.#named(async () =>
          options?.onlyIfHeld === true && !(await lock.isHeld())
            ? false
            : this.#write(next, isStored),
        ),
      release: () => lock.release().catch(() => undefined),
    };
  }

  async #read(): Promise<StoredLogin | undefined> {
    const text = await this.#readText();
    return text === undefined
      ? undefined
      : { login: parseLoginText(text, this.place), version: text };
  }

  #readText(): Promise<string | undefined> {
    return readFile(this.place, 'utf8').catch(ignoring('ENOENT'));
  }

  async #write(login: Login, mayReplace?: () => Promise<boolean>): Promise<boolean> {
    const replacement = { mode: 0o600, ...(mayReplace && { mayReplace }) };
    const text = `${toLoginText(login)}\n`;
    return (await replaceFile(this.place, text, replacement)) !== undefined;
  }

  #lock(waitMs: number): Promise<FileLock> {
    return lockFile(`${this.place}.lock`, {
      clock: systemClock,
      busy: `Another process is using the login in ${this.place}`,
      waitMs,
    });
  }

  async #whileLocked<Result>(change: () => Promise<Result>): Promise<Result> {
    const lock = await this.#lock(LOCK_WAIT_MS);
    try {
      return await change();
    } finally {
      await lock.release();
    }
  }

  /** Names the file in a system error. Such errors contain paths and calls, never content. */
  async #named<Result>(call: () => Promise<Result>): Promise<Result> {
    try {
      return await call();
    } catch (error) {
      throw toStoreError(error, this.place);
    }
  }
}

function ignoringLocked(error: unknown): undefined {
  if (!(error instanceof LockedError)) throw error;
}

function toStoreError(error: unknown, path: string): unknown {
  if (error instanceof LockedError) {
    const message = `${error.message} Try again in a minute.`;
    return new EtlError('TOKEN_STORE_UNAVAILABLE', message, { retryAfterSeconds: 60 });
  }
  if (!isSystemError(error)) return error;
  const [code, fault, advice] = REFUSALS.includes(error.code)
    ? (['CONFIG_INVALID', 'cannot be used', MUST_BE_OURS] as const)
    : (['TOKEN_STORE_UNAVAILABLE', 'could not be read or written', LATER] as const);
  const message = `The login in ${path} ${fault}: ${error.code}. ${advice}`;
  return new EtlError(code, message, { cause: error });
}
