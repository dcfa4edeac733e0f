/** The rows of the four tables as they are at one time, to ask about in SQL. */
import type Sqlite from 'node:sqlite';
import * as z from 'zod/mini';
import type { Table } from '../../etl/model/records.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { SqlValue } from './database.ts';
import { loadSqlite } from './file-database.ts';

export type PictureRow = {
  readonly id: string;
  /** JSON: the attributes in the order of the record. */
  readonly row: string;
  /** What is malformed, in words. */
  readonly why: string | null;
};

const rowSchema = z.record(z.string(), z.unknown());

/** The `row` of a picture's row. */
export const parseRow = (json: string): Readonly<Record<string, unknown>> =>
  rowSchema.parse(parseJson(json));

const SCHEMA = 'CREATE TABLE stored (kind TEXT, id TEXT, why TEXT, row TEXT) STRICT';

/** Columns of a SELECT. */
export type SelectedRow = Readonly<Record<string, Sqlite.SQLOutputValue>>;

/** The rows that an attribute of these rows names, whatever else it holds. */
const names = (kind: Table, path: string, named: Table): string =>
  `SELECT '${named}' AS kind, named.value AS id, stored.kind AS from_kind, stored.id AS from_id
    FROM stored, json_each(row, '${path}') AS named WHERE stored.kind = '${kind}' AND named.type = 'text'`;

/** Indexes that are made at the end take a quarter of the time. */
const INDEX = `CREATE UNIQUE INDEX IF NOT EXISTS stored_by_id ON stored (kind, id);
  CREATE INDEX IF NOT EXISTS malformed ON stored (kind, id, why) WHERE why IS NOT NULL`;

const REFER = `DROP TABLE IF EXISTS reference;
  CREATE TABLE reference AS
    ${names('playlist', '$.playlist_tracks', 'track')} AND named.key >= 0
    UNION ALL ${names('track', '$.track_artists', 'artist')} AND named.key >= 0
    UNION ALL ${names('album', '$.album_artists', 'artist')} AND named.key >= 0
    UNION ALL ${names('track', '$.track_album', 'album')} AND named.key IS NULL;
  CREATE INDEX reference_by_id ON reference (kind, id, from_kind, from_id);
  CREATE VIEW IF NOT EXISTS dangling AS SELECT DISTINCT kind, id, from_kind, from_id FROM reference
    WHERE NOT EXISTS (
      SELECT 1 FROM stored WHERE stored.kind = reference.kind AND stored.id = reference.id
    )`;

/**
 * A database of its own that nobody else sees. SQLite removes its file as soon as it is open, so that a killed process leaves
 * nothing. In memory is what SQLite's cache holds.
 */
export class Picture {
  readonly #database: Sqlite.DatabaseSync;
  readonly #insert: Sqlite.StatementSync;
  /** Node 22 finalizes a statement that nothing but its iterator knows. */
  readonly #reading = new Set<Sqlite.StatementSync>();

  constructor() {
    const { DatabaseSync } = loadSqlite();
    this.#database = new DatabaseSync('');
    this.#database.exec('PRAGMA journal_mode = OFF; PRAGMA cache_size = -65536');
    this.#database.exec(SCHEMA);
    this.#insert = this.#database.prepare('INSERT OR IGNORE INTO stored VALUES (?, ?, ?, ?)');
  }

  /** A row that was there before the last `sort` stays. */
  put(table: Table, rows: readonly PictureRow[]): void {
    this.#database.exec('BEGIN');
    for (const { id, row, why } of rows) this.#insert.run(table, id, why, row);
    this.#database.exec('COMMIT');
  }

  /** Once all rows of a source are there. */
  sort(): void {
    this.#database.exec(INDEX);
  }

  /** Fills `reference`, once all rows are there: which rows name which others. */
  findReferences(): void {
    this.#database.exec(REFER);
  }

  /** Statements without arguments, or one with them. */
  run(sql: string, args?: Readonly<Record<string, SqlValue>>): void {
    if (args === undefined) this.#database.exec(sql);
    else this.#database.prepare(sql).run(args);
  }

  /** The rows that a SELECT gives, one at a time. */
  *list(sql: string, args: Readonly<Record<string, SqlValue>> = {}): Generator<SelectedRow> {
    const statement = this.#database.prepare(sql);
    this.#reading.add(statement);
    try {
      yield* statement.iterate(args);
    } finally {
      this.#reading.delete(statement);
    }
  }

  close(): void {
    this.#database.close();
  }
}
