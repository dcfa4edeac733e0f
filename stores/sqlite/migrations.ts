import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onlyIf, type Statement } from './database.ts';

/** In order. The first makes version 1 out of an empty database. */
const FILES = ['001.sql', '002.sql', '003.sql', '004.sql', '005.sql'] as const;

/** The version of the schema that this program reads and writes. */
export const SCHEMA_VERSION = FILES.length;

const isVersion = (version: number): string =>
  `(SELECT user_version FROM pragma_user_version) = ${version}`;

/** The first statement of each transaction: a program of another version never writes. */
export const ONLY_THIS_VERSION = onlyIf(isVersion(SCHEMA_VERSION));

/** With how many things there are that SQLite or libSQL did not make for themselves. */
export const READ_VERSION: Statement = {
  sql: "SELECT user_version, (SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND name NOT LIKE 'libsql_%') AS things FROM pragma_user_version",
};

/** What makes the next version out of this one, as one transaction. Of processes that run it at once, one does. */
export function migrationFrom(version: number): Statement[] {
  const statements = readMigration(FILES[version] ?? '').split(/;\r?\n/);
  return [
    onlyIf(isVersion(version)),
    ...statements.filter((sql) => sql.trim() !== '').map((sql) => ({ sql })),
    { sql: `PRAGMA user_version = ${version + 1}` },
  ];
}

/**
 * Next to this file in a checkout; a built program is in a folder of its own next to `stores/`, and what `sls invoke local` builds
 * in `.esbuild/.build/handlers`.
 */
function readMigration(name: string): string {
  const stores = ['..', '../../..'].map((up) => join(__dirname, up, 'stores/sqlite/migrations'));
  const folders = [join(__dirname, 'migrations'), ...stores];
  const folder = folders.find((each) => existsSync(each));
  if (folder === undefined) throw new Error(`${folders.join(' and ')} are missing.`);
  return readFileSync(join(folder, name), 'utf8');
}
