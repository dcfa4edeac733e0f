import { EtlError } from '../../etl/errors.ts';
import { messageOf, UsageError } from '../../lib/usage-error.ts';
import type { SqlRow } from './database.ts';
import { loadSqlite } from './file-database.ts';
import type { Library } from './library.ts';

/**
 * The rows of a SELECT that a person wrote. Everything else is refused: it runs inside `SELECT * FROM (…)`, where SQLite takes
 * nothing that writes. Before that it must stand alone behind EXPLAIN, which runs nothing, so that it cannot close that bracket.
 *
 * @throws UsageError with what the engine says of the statement
 * @throws EtlError as `Library.run`
 */
export async function selectRows(library: Library, given: string): Promise<SqlRow[]> {
  const select = given.replace(/[\s;]+$/, '');
  // On a line of its own, where no comment takes the bracket away.
  const wrapped = `SELECT * FROM (${select}\n)`;
  const statements = [`EXPLAIN ${wrapped}`, `EXPLAIN ${select}`, wrapped];
  try {
    const results = await library.run(
      statements.map((sql) => ({ sql })),
      { isOnce: true },
    );
    return results.at(-1) ?? [];
  } catch (error) {
    const isRefusal = !(error instanceof EtlError);
    const why = isRefusal ? messageOf(error) : findSyntaxError(statements);
    if (why === undefined) throw error;
    throw new UsageError(`sql takes one SELECT. The library says: ${why}`);
  }
}

/** A libSQL server answers a text that it cannot parse with status 500 and no reason. SQLite here has the reason. */
function findSyntaxError(statements: readonly string[]): string | undefined {
  const { DatabaseSync } = loadSqlite();
  const empty = new DatabaseSync(':memory:');
  try {
    for (const sql of statements) empty.prepare(sql);
    return undefined;
  } catch (error) {
    const why = messageOf(error);
    // The text is parsed before its names are looked up.
    return why.startsWith('no such') ? undefined : why;
  } finally {
    empty.close();
  }
}
