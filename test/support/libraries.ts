/** A library in a file and one on a libSQL server, as tests of both use them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Database, SqlRow } from '../../stores/sqlite/database.ts';
import { Library } from '../../stores/sqlite/library.ts';
import { openDatabase } from '../../stores/sqlite/open-database.ts';
import { hasSqld, startSqld } from './sqld.ts';
import { createVirtualClock } from './virtual-clock.ts';

export type TestLibrary = {
  readonly place: string;
  /** A further process, so to speak; `wrap` stands between it and the database. */
  readonly open: (options?: OpenOptions) => Library;
  /** The rows that one statement gives, past the program. */
  readonly query: (sql: string) => Promise<SqlRow[]>;
  /** Takes everything out of the database, its version as well. */
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
};

type OpenOptions = { readonly clock?: Clock; readonly wrap?: (database: Database) => Database };

type Engine = { readonly place: string; readonly close: () => Promise<void> };

async function startFile(): Promise<Engine> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-library-'));
  return {
    place: join(folder, 'data', 'library.db'),
    close: () => rm(folder, { recursive: true }),
  };
}

async function startServer(): Promise<Engine> {
  const { close, url } = await startSqld();
  return { place: url, close };
}

/** For `describe.each`. A machine without a libSQL server has the file alone. */
export const LIBRARIES: readonly (readonly [string, () => Promise<TestLibrary>])[] = [
  ['a file', startFileLibrary],
  hasSqld
    ? ['a libSQL server', (): Promise<TestLibrary> => startLibrary(startServer)]
    : ['a libSQL server (skipped: no sqld for this machine, a file instead)', startFileLibrary],
];

export function startFileLibrary(): Promise<TestLibrary> {
  return startLibrary(startFile);
}

async function startLibrary(startEngine: () => Promise<Engine>): Promise<TestLibrary> {
  const engine = await startEngine();
  const opened: Database[] = [];
  const open = (): Database => {
    const database = openDatabase(engine.place);
    opened.push(database);
    return database;
  };
  const query: TestLibrary['query'] = async (sql) => (await open().run([{ sql }], 10_000))[0] ?? [];
  const close = async (): Promise<void> => {
    for (const database of opened.splice(0)) await database.close();
  };
  return {
    place: engine.place,
    open: ({ clock = createVirtualClock(), wrap = (database: Database) => database } = {}) =>
      new Library(wrap(open()), clock),
    query,
    empty: async () => {
      const things = await query(
        "SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'view') AND sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid DESC",
      );
      const drops = things.map(({ name, type }) => ({ sql: `DROP ${type} ${name}` }));
      await open().run([...drops, { sql: 'PRAGMA user_version = 0' }], 10_000);
      await close();
    },
    close: async () => {
      await close();
      await engine.close();
    },
  };
}
