/** The three file formats. Each row becomes text; the texts are sorted and then joined. */
import { type Options, stringify } from 'csv-stringify/sync';
import type { StoredRow } from '../../app/app.ts';

export const FORMATS = ['csv', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** How rows of one table become one file. */
export type RowWriter = {
  readonly head: string;
  readonly toText: (row: StoredRow) => string;
  /** Goes between two rows. */
  readonly between: string;
  readonly tail: string;
};

/** The writer of a format for a table of these columns. */
export function createRowWriter(
  format: Format,
  columns: readonly string[],
  { spreadsheet }: { readonly spreadsheet: boolean },
): RowWriter {
  switch (format) {
    case 'csv':
      return createCsvWriter(columns, spreadsheet);
    case 'jsonl':
      return {
        head: '',
        toText: (row) => `${toObjectText(row, columns)}\n`,
        between: '',
        tail: '',
      };
    case 'json':
      return {
        head: '[\n',
        toText: (row) => toObjectText(row, columns),
        between: ',\n',
        tail: '\n]\n',
      };
  }
}

function createCsvWriter(columns: readonly string[], spreadsheet: boolean): RowWriter {
  const options: Options = {
    record_delimiter: '\n',
    // An empty text is quoted, an absent value is not, so that readers can distinguish them. Some readers end a row at a bare CR.
    quoted_match: /^$|\r/,
    escape_formulas: spreadsheet,
  };
  return {
    // Without the mark, Excel reads UTF-8 in the system's code page.
    head: `${spreadsheet ? '\uFEFF' : ''}${stringify([[...columns]], options)}`,
    toText: (row) => stringify([columns.map((column) => toCell(row[column]))], options),
    between: '',
    tail: '',
  };
}

/** Attributes in the order of the columns, without absent ones. */
function toObjectText(row: StoredRow, columns: readonly string[]): string {
  const members = columns.flatMap((column) => {
    const value = row[column];
    return value === undefined || value === null
      ? []
      : [`${JSON.stringify(column)}:${toJsonText(value)}`];
  });
  return `{${members.join(',')}}`;
}

/** A value as JSON, with the keys of maps in code unit order, so that equal values give equal text. */
function toJsonText(value: unknown): string {
  return JSON.stringify(toPlain(value));
}

/** A cell of a CSV file: text unchanged, other values as JSON, absent values empty. */
function toCell(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : toJsonText(value);
}

/** Converts values that JSON lacks: sets to sorted lists, bytes to base 64, large numbers to their digits. */
function toPlain(value: unknown): unknown {
  if (value instanceof Set) return [...value].map(toPlain).sort(byText);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    toPlain(member),
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => compareText(one, other)));
}

/** Orders by UTF-16 code unit, like `<`; for IDs, which are ASCII, the same as by byte. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function byText(one: unknown, other: unknown): number {
  return compareText(JSON.stringify(one), JSON.stringify(other));
}
