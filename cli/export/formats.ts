/** The three kinds of file. A row becomes its text first; texts are sorted and then joined. */
import { type Options, stringify } from 'csv-stringify/sync';
import type { StoredRow } from '../../app/app.ts';
import { toCell, toJsonText } from './cells.ts';

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
    // An empty text is quoted, an absent value is not: so a reader can tell them apart. To some readers a bare CR ends a row.
    quoted_match: /^$|\r/,
    escape_formulas: spreadsheet,
  };
  return {
    // Without the mark, Excel takes UTF-8 for the system's code page.
    head: `${spreadsheet ? '\uFEFF' : ''}${stringify([[...columns]], options)}`,
    toText: (row) => stringify([columns.map((column) => toCell(row[column]))], options),
    between: '',
    tail: '',
  };
}

/** Attributes in the order of the columns; what is absent is left out. */
function toObjectText(row: StoredRow, columns: readonly string[]): string {
  const members = columns.flatMap((column) => {
    const value = row[column];
    return value === undefined || value === null
      ? []
      : [`${JSON.stringify(column)}:${toJsonText(value)}`];
  });
  return `{${members.join(',')}}`;
}
