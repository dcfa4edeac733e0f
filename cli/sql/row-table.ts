import Table from 'cli-table3';
import pc from 'picocolors';
import { visible } from '../../lib/plain-text.ts';

type Row = Readonly<Record<string, string | number | null>>;

/** The two blanks and the line of each column. */
const EDGE = 3;
const MIN_COLUMN = 6;

/** Rows as a table no wider than `room`: the widest columns give way, and what does not fit ends in `…`. */
export function toRowTable(rows: readonly Row[], room = Number.POSITIVE_INFINITY): string {
  const names = Object.keys(rows[0] ?? {});
  const cells = rows.map((row) => names.map((name) => toCell(row[name] ?? null)));
  const widths = names.map((name, at) =>
    cells.reduce((widest, line) => Math.max(widest, line[at]?.length ?? 0), name.length),
  );
  const table = new Table({
    head: names.map((name) => pc.dim(name)),
    colWidths: fit(widths, room - 1 - names.length * EDGE).map((width) => width + 2),
    colAligns: names.map((name) => (typeof rows[0]?.[name] === 'number' ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells);
  return table.toString();
}

const toCell = (value: string | number | null): string =>
  value === null ? '' : visible(String(value));

/** Takes from the widest until all fit. */
function fit(widths: readonly number[], room: number): number[] {
  const fitted = [...widths];
  const sum = (): number => fitted.reduce((total, width) => total + width, 0);
  while (sum() > room) {
    const widest = Math.max(...fitted);
    if (widest <= MIN_COLUMN) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
  }
  return fitted;
}
