/** Lines for a terminal; NO_COLOR switches colours off. */
import Table, { type HorizontalAlignment } from 'cli-table3';
import pc from 'picocolors';
import { visible } from '../../lib/plain-text.ts';

export function writeLine(line: string): void {
  console.log(line);
}

export function writeErrorLine(line: string): void {
  console.error(line);
}

export function writeError(message: string): void {
  writeErrorLine(pc.red(`✖ ${visible(message)}`));
}

export function writeWarning(message: string): void {
  writeErrorLine(pc.yellow(`! ${visible(message)}`));
}

/** `1,000`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `3 rows`, `1 row`. */
export function quantity(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Cells are not escaped: make text from elsewhere `visible` first. */
export function toTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  colAligns: HorizontalAlignment[] = [],
): string {
  const table = new Table({
    head: [...head],
    colAligns,
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((cells) => [...cells]));
  return table.toString();
}
