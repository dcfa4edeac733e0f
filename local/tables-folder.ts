/** The folder of the embedded tables, which is a LevelDB database: what is wrong with it, and the way out. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Level } from 'level';
import pc from 'picocolors';
import { ignoring } from '../lib/system-error.ts';
import { messageOf } from '../lib/usage-error.ts';

/** Rows, in files of LevelDB. `CURRENT` says which of them count; without it LevelDB starts an empty database. */
const DATA = /^\d+\.(?:ldb|log|sst)$/;
/** LevelDB opens a database that lost rows without a word. Its log of the last start says so. */
const LOST_ROWS = /dropping \d+ bytes/;

/**
 * Throws an Error that names the folder and the way out unless the engine can open it with all its rows. Nothing in a damaged
 * folder is changed after it was found out, so that the next start finds it out too.
 */
export async function assertUsable(path: string): Promise<void> {
  const names = (await readdir(path).catch(ignoring('ENOENT', 'ENOTDIR'))) ?? [];
  const hasData = names.some((name) => DATA.test(name));
  if (hasData && !names.includes('CURRENT')) throw unusable(path, 'its file CURRENT is missing');
  await assertNothingLost(path);
  // The engine tells nobody why it could not open the folder.
  const database = new Level(path);
  await database.open().catch((error: unknown) => {
    throw toError(error instanceof Error ? (error.cause ?? error) : error, path);
  });
  await database.close();
  await assertNothingLost(path);
}

async function assertNothingLost(path: string): Promise<void> {
  const log = await readFile(join(path, 'LOG'), 'utf8').catch(ignoring('ENOENT', 'ENOTDIR'));
  if (LOST_ROWS.test(log ?? '')) throw unusable(path, 'a file is damaged, and rows are lost');
}

/** Ends the process with one line when the disk fails under the engine, which throws that where nobody can catch it. */
export function endOnFailure(path: string): { readonly close: () => Promise<void> } {
  const end = (error: unknown): void => {
    console.error(
      codeOf(error).startsWith('LEVEL_') ? pc.red(`✖ ${toError(error, path).message}`) : error,
    );
    process.exit(1);
  };
  process.on('uncaughtException', end);
  return {
    close: () => {
      process.off('uncaughtException', end);
      return Promise.resolve();
    },
  };
}

function toError(cause: unknown, path: string): Error {
  const message = messageOf(cause);
  if (codeOf(cause) === 'LEVEL_LOCKED') {
    return new Error(
      `The tables in ${path} are in use by another program. Stop it, or set DATA_DIR to another folder.`,
    );
  }
  return /No space left|ENOSPC/.test(message)
    ? new Error(`The disk with the tables in ${path} is full. Make room on it, then start again.`)
    : unusable(path, message);
}

const unusable = (path: string, why: string): Error =>
  new Error(
    `The tables in ${path} cannot be used: ${why}. Move that folder away (mv '${path}' '${path}.damaged') and start again: you can load the playlists again.`,
  );

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
