/** The three kinds of file. A row becomes one line of text first, which is sorted; sorted lines become the file. */
import { type Options, stringify } from 'csv-stringify/sync';
import * as z from 'zod/mini';
import type { StoredRow } from '../../etl/app.ts';
import { toCell, toJsonText } from './cells.ts';

export const FORMATS = ['csv', 'json', 'jsonl'] as const;
export type Format = (typeof FORMATS)[number];

/** How rows of one table become one file. */
export type RowWriter = {
  /** What stands before the first row. */
  readonly head: string;
  /** One row as one line, without its end. */
  readonly toLine: (row: StoredRow) => string;
  /** The file's text of these lines, which follow `before` others. */
  readonly render: (lines: readonly string[], before: number) => string;
  /** What stands after the last row. */
  readonly toTail: (rows: number) => string;
};

/** The writer of a format for a table of these columns. */
export function createRowWriter(
  format: Format,
  columns: readonly string[],
  { spreadsheet }: { readonly spreadsheet: boolean },
): RowWriter {
  if (format === 'csv') return createCsvWriter(columns, spreadsheet);
  const toLine = (row: StoredRow): string => toObjectText(row, columns);
  if (format === 'jsonl') {
    return { head: '', toLine, render: (lines) => `${lines.join('\n')}\n`, toTail: () => '' };
  }
  return {
    head: '[',
    toLine,
    render: (lines, before) => `${before === 0 ? '\n' : ',\n'}${lines.join(',\n')}`,
    toTail: (rows) => (rows === 0 ? ']\n' : '\n]\n'),
  };
}

const cellsSchema = z.array(z.nullable(z.string()));

function createCsvWriter(columns: readonly string[], spreadsheet: boolean): RowWriter {
  const options: Options = {
    record_delimiter: '\n',
    // An empty text is quoted, an absent value is not: so a reader can tell them apart.
    quoted_match: /^$/,
    escape_formulas: spreadsheet,
  };
  return {
    // Without the mark, Excel takes UTF-8 for the system's code page.
    head: `${spreadsheet ? '\uFEFF' : ''}${stringify([[...columns]], options)}`,
    toLine: (row) => JSON.stringify(columns.map((column) => toCell(row[column]))),
    render: (lines) => {
      const rows = lines.map((line) => cellsSchema.parse(JSON.parse(line)));
      return stringify(rows, options);
    },
    toTail: () => '',
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
