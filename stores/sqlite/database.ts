/** The port to a SQLite database, in a file or on a libSQL server: statements that run as one transaction. */

import * as z from 'zod/mini';

export type SqlValue = string | number | null;

/** One statement; `:name` in it stands for the argument of that name. */
export type Statement = {
  readonly sql: string;
  readonly args?: Readonly<Record<string, SqlValue>>;
};

export type SqlRow = Readonly<Record<string, SqlValue>>;

export type Database = {
  /** A path or an address, for messages. */
  readonly place: string;
  /**
   * Runs these as one transaction and returns the rows of each. Where one fails, nothing is written. Only statements that all
   * begin with SELECT leave other writers alone.
   *
   * @throws EtlError `TABLE_UNAVAILABLE` where a repeat may help; `CONFIG_INVALID` where a person must act
   * @throws ConditionError where a condition of `onlyIf` does not hold
   */
  run(statements: readonly Statement[], timeoutMs: number): Promise<SqlRow[][]>;
  close(): Promise<void>;
};

/** What both engines say of a text that should be JSON and is not. */
export const UNMET = 'malformed JSON';

/** A condition of a transaction did not hold, so nothing of it was written. */
export class ConditionError extends Error {
  override readonly name = 'ConditionError';

  constructor() {
    super(UNMET);
  }
}

/** A statement that fails, and the whole transaction with it, unless the condition holds. */
export function onlyIf(condition: string, args: Statement['args'] = {}): Statement {
  return { sql: `SELECT CASE WHEN ${condition} THEN 1 ELSE json('unmet') END`, args };
}

export function isReading(statements: readonly Statement[]): boolean {
  return statements.every(({ sql }) => /^(?:SELECT|EXPLAIN) /.test(sql));
}

/** Rows as an engine gives them, without a look at each by zod: there can be a hundred thousand. */
export const rowsSchema = z.custom<SqlRow[]>((rows) => Array.isArray(rows) && rows.every(isRow));

function isRow(row: unknown): boolean {
  return typeof row === 'object' && row !== null && Object.values(row).every(isValue);
}

function isValue(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'number';
}
