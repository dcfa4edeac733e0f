/** The result of every bench, and its output. */
import Table from 'cli-table3';
import pc from 'picocolors';
import { type Workshop } from './workshop.ts';

/** A bound: the measured value must not exceed the limit. */
export type Bound = {
  readonly what: string;
  readonly measured: number;
  readonly limit: number;
  /** Behind the number: `×`, `KB`, `MB`. */
  readonly unit: string;
};

export type Report = {
  readonly bench: string;
  readonly title: string;
  /** The first row heads the columns. */
  readonly rows: readonly (readonly string[])[];
  readonly bounds: readonly Bound[];
  /** Everything measured, for `--json`. */
  readonly figures: Readonly<Record<string, unknown>>;
};

/** `tell` hears what is going on. */
export type Bench = (workshop: Workshop, tell: (what: string) => void) => Promise<Report>;

export function isHeld({ measured, limit }: Bound): boolean {
  return measured <= limit;
}

/** One readable table, and a line for every bound. */
export function toText({ title, rows, bounds }: Report): string {
  const [head = [], ...body] = rows;
  const table = new Table({
    head: [...head],
    colAligns: head.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
  });
  for (const row of body) table.push([...row]);
  return [pc.bold(title), table.toString(), ...bounds.map(boundLine)].join('\n');
}

function boundLine(bound: Bound): string {
  const { what, measured, limit, unit } = bound;
  const mark = isHeld(bound) ? pc.green('✔') : pc.red('✖');
  return `${mark} ${what}: ${round(measured)} ${unit}, bound ${limit} ${unit}`;
}

/** Two places: a run is not more precise. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}
