import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type Sqlite from 'node:sqlite';
import { makeFolder } from '../../lib/make-folder.ts';
import { type Database, isReading, rowsSchema, type SqlRow, type Statement } from './database.ts';
import { toFileError } from './file-errors.ts';

/** More than the program has. A person's own come on top. */
const MAX_PREPARED = 200;

/**
 * A database in a file, which is made for its owner alone where it is missing. Nothing is opened before the first statement. A
 * writer waits so long for another one.
 */
export function createFileDatabase(path: string, busyTimeoutMs = 5_000): Database {
  let opening: Promise<OpenFile> | undefined;
  const forget = (): void => {
    opening = undefined;
  };
  return {
    place: path,
    run: async (statements) => {
      try {
        opening ??= openFile(path, busyTimeoutMs);
        opening.catch(forget);
        return transact(await opening, statements);
      } catch (error) {
        throw toFileError(path, error);
      }
    },
    close: async () => {
      const opened = await opening;
      forget();
      opened?.database.close();
    },
  };
}

type OpenFile = {
  readonly database: Sqlite.DatabaseSync;
  /** Those that were prepared, by their text. Until one is collected as garbage, it keeps its arguments. */
  readonly prepared: Map<string, Sqlite.StatementSync>;
};

async function openFile(path: string, busyTimeoutMs: number): Promise<OpenFile> {
  await makeFolder(dirname(path), 0o700);
  // SQLite gives its other files the mode of this one.
  closeSync(openSync(path, 'a', 0o600));
  const { DatabaseSync } = loadSqlite();
  const database = new DatabaseSync(path);
  database.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
  // Readers and a writer do not wait for each other. A power cut can take back the last transactions, and damages nothing.
  database.exec('PRAGMA journal_mode = WAL');
  database.exec('PRAGMA synchronous = NORMAL');
  // In KiB. An import of ten years touches all pages of its indexes again and again.
  database.exec('PRAGMA cache_size = -65536');
  // What was taken out stands nowhere in the file.
  database.exec('PRAGMA secure_delete = ON');
  // A killed process leaves none of its rows in the temporary folder.
  database.exec('PRAGMA temp_store = MEMORY');
  return { database, prepared: new Map() };
}

/** Only where it is used, for the cold starts of functions; and without the warning of Node 22 that it is experimental. */
export function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  const sqlite = process.getBuiltinModule('node:sqlite');
  process.emitWarning = emitWarning;
  return sqlite;
}

function transact(file: OpenFile, statements: readonly Statement[]): SqlRow[][] {
  const { database } = file;
  database.exec(isReading(statements) ? 'BEGIN' : 'BEGIN IMMEDIATE');
  try {
    const results = statements.map(({ args = {}, sql }) => prepare(file, sql).all(args));
    database.exec('COMMIT');
    return results.map((rows) => rowsSchema.parse(rows));
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function prepare({ database, prepared }: OpenFile, sql: string): Sqlite.StatementSync {
  const statement = prepared.get(sql) ?? database.prepare(sql);
  if (prepared.size === MAX_PREPARED) prepared.clear();
  prepared.set(sql, statement);
  return statement;
}

function rollBack(database: Sqlite.DatabaseSync): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // SQLite has done it already, as it does when the disk is full.
  }
}
