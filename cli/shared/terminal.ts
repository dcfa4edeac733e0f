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

/** A narrower terminal wraps the lines itself. */
const MIN_ROOM = 24;

/** Breaks only between words, so that paths and commands can be copied. */
export function wrap(text: string, room: number): string[] {
  const lines = [''];
  for (const word of visible(text).split(' ')) {
    const last = lines.at(-1) ?? '';
    const longer = last === '' ? word : `${last} ${word}`;
    if (last === '' || longer.length <= Math.max(room, MIN_ROOM)) lines.splice(-1, 1, longer);
    else lines.push(word);
  }
  return lines;
}
