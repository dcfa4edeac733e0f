/** Reads and edits a CSV file of rows that a person writes and a program completes. Unedited rows keep their bytes. */
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { UsageError } from '../lib/usage-error.ts';
import {
  assertComplete,
  type Cells,
  type Columns,
  type FileForm,
  findColumns,
  RecordFault,
  toCells,
  toColumnName,
} from './row-columns.ts';

export type RowFile<Row> = {
  readonly rows: readonly Row[];
  readonly chunks: readonly Uint8Array[];
};

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Reads a file: its rows without blank lines and comments, and the file in chunks, with the cells that `editRow` returns for a
 * row. Undefined leaves a row as it is; an unedited file is one chunk, unless it lacks columns, which are added. A list of keys,
 * one a line, gets a first line that names the columns. `added` are the cells of new rows at the end. Throws UsageError with the
 * line at fault.
 */
export function parseRowFile<Row>(
  source: Buffer,
  form: FileForm<Row>,
  edits: Edits<Row> = {},
): RowFile<Row> {
  refuseForeignEncoding(source);
  const delimiter = findDelimiter(source, form.key);
  const reader = createReader(source, { ...edits, form, delimiter });
  try {
    parse(form.isLoose === true ? blankComments(source) : source, {
      bom: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (cells: string[], { bytes }) => {
        reader.onRecord(cells, bytes);
        return null;
      },
    });
    const { chunks, names, rows } = reader.end();
    return { rows, chunks: [...chunks, ...toNewLines(source, edits.added, { delimiter, names })] };
  } catch (error) {
    throw explain(error, reader.line());
  }
}

/** A quote in a comment opens no cell. */
function blankComments(source: Buffer): Buffer {
  let isOpen = false;
  const text = source.toString('latin1').replaceAll(/[^\r\n]+/g, (line) => {
    if (!isOpen && /^(?:\u00ef\u00bb\u00bf)?#/.test(line)) return line.replaceAll('"', ' ');
    isOpen = isOpen !== (line.split('"').length % 2 === 0);
    return line;
  });
  return Buffer.from(text, 'latin1');
}

type Edits<Row> = {
  readonly editRow?: ((row: Row) => Cells | undefined) | undefined;
  readonly added?: readonly Cells[];
};

type ReaderOptions<Row> = Edits<Row> & {
  readonly form: FileForm<Row>;
  readonly delimiter: string;
};

/** Takes the records of a file one after another, and collects its rows and its chunks. */
function createReader<Row>(source: Buffer, options: ReaderOptions<Row>) {
  const { added = [], delimiter, editRow, form } = options;
  const hasNewRows = added.length > 0;
  const rows: Row[] = [];
  const chunks: Uint8Array[] = [];
  let columns: Columns | undefined;
  /** Where the next record begins. */
  let start = source.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  let line = 1;
  /** How many bytes of the file are in the chunks. */
  let written = 0;
  const endingBefore = (end: number): string => endingOf(source.subarray(start, end));
  /** Replaces the bytes between the last record and `end` with a line. */
  const write = (end: number, cells: readonly string[], ending = endingBefore(end)): void => {
    chunks.push(source.subarray(written, start), Buffer.from(toLine(cells, delimiter) + ending));
    written = end;
  };
  const onRow = (cells: readonly string[], end: number, known: Columns): void => {
    if (form.isLoose !== true) assertComplete(cells, known, end === source.length);
    const all = [...cells, ...known.names.slice(cells.length).map(() => '')];
    const row = form.toRow(toCells(all, known), line);
    rows.push(row);
    const own = editRow?.(row);
    if (own === undefined && (known.missing.length === 0 || form.isLoose === true)) return;
    const edited = all.map((cell, at) => own?.[known.names[at] ?? ''] ?? cell);
    write(end, edited);
  };
  const onHeader = (cells: readonly string[], end: number): void => {
    const isList = form.isKey?.(cells[0] ?? '') === true;
    columns = findColumns(isList ? [form.key, ...cells.slice(1)] : cells, form, hasNewRows);
    if (isList) {
      // The names get the line ending of the first key.
      write(start, columns.names, endingBefore(end) || '\n');
      onRow(cells, end, columns);
    } else if (columns.missing.length > 0) write(end, [...cells, ...columns.missing]);
  };
  return {
    line: () => line,
    onRecord: (cells: readonly string[], end: number): void => {
      if (!isPassedOver(cells, form.isLoose === true ? undefined : columns)) {
        if (columns === undefined) onHeader(cells, end);
        else onRow(cells, end, columns);
      }
      line += source.toString('latin1', start, end).split(/\r\n|\n|\r/).length - 1;
      start = end;
    },
    end: (): RowFile<Row> & Pick<Columns, 'names'> => {
      const { names } = columns ?? findColumns([], form, hasNewRows);
      return { rows, names, chunks: [...chunks, source.subarray(written)] };
    },
  };
}

const toLine = (cells: readonly string[], delimiter: string): string =>
  stringify([cells], { delimiter, eof: false, quoted_match: /[\r\n]/ });

/** Rows at the end, with the line ending of the file. */
function toNewLines(
  source: Buffer,
  added: readonly Cells[] = [],
  { delimiter, names }: Pick<Columns, 'names'> & { readonly delimiter: string },
): Uint8Array[] {
  // The rest makes a string of the whole file.
  if (added.length === 0) return [];
  const [ending = '\n'] = /\r\n|\n|\r/.exec(source.toString('latin1')) ?? [];
  const lines = added.map((cells) => {
    const line = toLine(
      names.map((name) => cells[name] ?? ''),
      delimiter,
    );
    return Buffer.from(line + ending);
  });
  const isOpen = source.length > 0 && endingOf(source) === '';
  return isOpen ? [Buffer.from(ending), ...lines] : lines;
}

/** A tab or a semicolon if the first line names the column with it, like in files of European spreadsheets. */
function findDelimiter(source: Buffer, key: string): string {
  const lines = source.toString('utf8', 0, MAX_HEADER_BYTES).split(/[\r\n]+/);
  const [first = ''] = lines.map((line) => line.replace('\ufeff', '').trim()).filter(isHeader);
  const declared = EXCEL_DELIMITER.exec(first)?.[1];
  const isDelimiter = (text: string): boolean =>
    first.includes(text) && first.split(text).map(toColumnName).includes(key);
  return declared ?? [';', '\t'].find(isDelimiter) ?? ',';
}

const MAX_HEADER_BYTES = 65_536;
/** Excel's own first line, such as `sep=;`. */
const EXCEL_DELIMITER = /^"?sep=(.)"?$/i;
const isHeader = (line: string): boolean => line !== '' && !line.startsWith('#');

/** Blank lines, comments and Excel's `sep=;`. */
function isPassedOver(cells: readonly string[], columns: Columns | undefined): boolean {
  if (cells.every((cell) => cell.trim() === '')) return true;
  if (columns === undefined && /^sep=.?$/i.test(cells[0] ?? '')) return true;
  const isLone = columns === undefined || cells.length === 1;
  return (cells[isLone ? 0 : columns.key] ?? '').trim().startsWith('#');
}

function refuseForeignEncoding(source: Buffer): void {
  if (isUtf8(source)) return;
  const lines = source.toString('latin1').split('\n');
  const line = 1 + lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1')));
  throw new UsageError(`Line ${line} is not UTF-8. Save the file as UTF-8, not UTF-16 or ANSI.`);
}

function explain(error: unknown, line: number): unknown {
  if (error instanceof RecordFault) return new UsageError(`Line ${line}${error.message}`);
  if (!(error instanceof CsvError)) return error;
  return new UsageError(
    `Line ${line} cannot be read: ${error.message}. Quote the whole field, and double the quotes inside it.`,
  );
}

const endingOf = (line: Buffer): string => /[\r\n]*$/.exec(line.toString('latin1'))?.[0] ?? '';
