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
  const cellRoom = room - 1 - names.length * EDGE;
  const fitted = fit(widths, cellRoom);
  if (sum(fitted) > cellRoom) return toBlocks(names, cells, room);
  const table = new Table({
    head: names.map((name) => pc.dim(name)),
    colWidths: fitted.map((width) => width + 2),
    colAligns: names.map((name) => (typeof rows[0]?.[name] === 'number' ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...cells);
  return table.toString();
}

const toCell = (value: string | number | null): string =>
  value === null ? '' : visible(String(value));

/** Takes from the widest until all fit. None can be wider than the room, however long its text is. */
function fit(widths: readonly number[], room: number): number[] {
  const fitted = widths.map((width) => Math.min(width, Math.max(room, MIN_COLUMN)));
  while (sum(fitted) > room) {
    const widest = Math.max(...fitted);
    if (widest <= MIN_COLUMN) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
  }
  return fitted;
}

const sum = (widths: readonly number[]): number =>
  widths.reduce((total, width) => total + width, 0);

/** Too many columns for a table: a line for each, and an empty line after each row. */
function toBlocks(
  names: readonly string[],
  rows: readonly (readonly string[])[],
  room: number,
): string {
  const width = Math.max(...names.map((name) => name.length));
  const blocks = rows.map((cells) =>
    names.map(
      (name, at) => `${pc.dim(name.padEnd(width))}  ${cut(cells[at] ?? '', room - width - 3)}`,
    ),
  );
  return blocks.map((lines) => lines.join('\n')).join('\n\n');
}

const cut = (text: string, room: number): string =>
  text.length > room ? `${text.slice(0, Math.max(1, room - 1))}…` : text;
