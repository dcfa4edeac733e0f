/** Tables for a terminal. Colour follows NO_COLOR, as picocolors does. */
import Table from 'cli-table3';
import pc from 'picocolors';

const PLAIN = { head: [], border: [], compact: true };
const MAX_CELL = 40;

/** Some rows of one table, its name above the first column. */
export function rowsTable(
  name: string,
  columns: readonly string[],
  rows: readonly Readonly<Record<string, unknown>>[],
): string {
  const table = new Table({ head: [...columns], style: PLAIN });
  for (const row of rows) table.push(columns.map((column) => cell(row[column])));
  return `${pc.cyan(name)}\n${table.toString()}`;
}

function cell(value: unknown): string {
  if (value === undefined) return '–';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
