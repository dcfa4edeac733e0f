/** Reads and edits the playlists file. Unedited rows keep their bytes. */
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { playlistRefSchema } from '../etl/model/ids.ts';
import { UsageError } from '../lib/usage-error.ts';
import { parseRecorded } from './outcome.ts';

/** The cells that the trigger writes. */
export type OwnCells = { readonly requestSent: string; readonly response: string };

export type PlaylistsRow = OwnCells & {
  /** As the user wrote it, without spaces around it. */
  readonly uri: string;
  readonly isSent: boolean;
};

type EditRow = (row: PlaylistsRow) => OwnCells | undefined;

type Playlists = {
  readonly rows: readonly PlaylistsRow[];
  readonly chunks: readonly Uint8Array[];
};

const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/**
 * Reads a playlists file: its rows without blank lines and comments, and the file in chunks, with the cells that `editRow`
 * returns for a row. Undefined leaves a row as it is; an unedited file is one chunk, unless it lacks columns, which are added. A
 * list of links, one a line, gets a first line that names the columns. Throws UsageError with the line at fault.
 */
export function parsePlaylists(source: Buffer, editRow?: EditRow): Playlists {
  refuseForeignEncoding(source);
  const delimiter = findDelimiter(source);
  const reader = createReader(source, delimiter, editRow);
  try {
    parse(source, {
      bom: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (cells: string[], { bytes }) => {
        reader.onRecord(cells, bytes);
        return null;
      },
    });
    return reader.end();
  } catch (error) {
    throw explain(error, source.toString('latin1', 0, reader.start()).split(/\r\n|\n|\r/).length);
  }
}

/** Takes the records of a file one after another, and collects its rows and its chunks. */
function createReader(source: Buffer, delimiter: string, editRow?: EditRow) {
  const rows: PlaylistsRow[] = [];
  const chunks: Uint8Array[] = [];
  let columns: Columns | undefined;
  /** Where the next record begins. */
  let start = source.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
  /** How many bytes of the file are in the chunks. */
  let written = 0;
  const endingBefore = (end: number): string => endingOf(source.subarray(start, end));
  /** Replaces the bytes between the last record and `end` with a line. */
  const write = (end: number, cells: readonly string[], ending = endingBefore(end)): void => {
    const line = stringify([cells], { delimiter, eof: false, quoted_match: /[\r\n]/ });
    chunks.push(source.subarray(written, start), Buffer.from(line + ending));
    written = end;
  };
  const onRow = (cells: readonly string[], end: number, known: Columns): void => {
    const row = toRow(cells, known, end === source.length);
    rows.push(row);
    const own = editRow?.(row);
    if (own === undefined && known.missing.length === 0) return;
    const { requestSent, response } = own ?? row;
    const all = [...cells, ...known.missing.map(() => '')];
    write(end, all.with(known.requestSent, requestSent).with(known.response, response));
  };
  const onHeader = (cells: readonly string[], end: number): void => {
    const isList = playlistRefSchema.safeParse(cells[0]).success;
    columns = findColumns(isList ? ['playlist_uri', ...cells.slice(1)] : cells);
    if (isList) {
      // The names get the line ending of the first link.
      write(start, columns.names, endingBefore(end) || '\n');
      onRow(cells, end, columns);
    } else if (columns.missing.length > 0) write(end, [...cells, ...columns.missing]);
  };
  return {
    start: () => start,
    onRecord: (cells: readonly string[], end: number): void => {
      if (!isPassedOver(cells, columns)) {
        if (columns === undefined) onHeader(cells, end);
        else onRow(cells, end, columns);
      }
      start = end;
    },
    end: (): Playlists => {
      if (columns === undefined) findColumns([]);
      return { rows, chunks: [...chunks, source.subarray(written)] };
    },
  };
}

/** A tab or a semicolon if the first line names the column with it, like in files of European spreadsheets. */
function findDelimiter(source: Buffer): string {
  const lines = source.toString('utf8', 0, MAX_HEADER_BYTES).split(/[\r\n]+/);
  const [first = ''] = lines.map((line) => line.replace('\ufeff', '').trim()).filter(isHeader);
  const declared = EXCEL_DELIMITER.exec(first)?.[1];
  const isDelimiter = (text: string): boolean =>
    first.includes(text) && first.split(text).map(toColumnName).includes('playlist_uri');
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
  return (cells[isLone ? 0 : columns.uri] ?? '').trim().startsWith('#');
}

/** One request, and all rows of the same playlist. */
export type PlannedRequest = { readonly uri: string; readonly rows: readonly PlaylistsRow[] };

/** Rows to send besides the pending ones. */
export type Selection = {
  /** Loaded rows, but not those that failed for good. */
  readonly refresh: boolean;
  /** Rows that failed for good. */
  readonly retryFailed: boolean;
};

/** The requests for the selected rows in the order of the file, at most `limit`. */
export function planRequests(
  rows: readonly PlaylistsRow[],
  { refresh, retryFailed }: Selection,
  limit = Number.POSITIVE_INFINITY,
): PlannedRequest[] {
  const isSelected = { success: refresh, failure: retryFailed, unknown: refresh || retryFailed };
  const selected = rows.filter((row) => !row.isSent || isSelected[parseRecorded(row.response)]);
  const groups = Map.groupBy(selected, ({ uri }) => toPlaylistKey(uri));
  const chosen = [...groups.values()].slice(0, limit);
  return chosen.map((group) => ({ uri: group[0]?.uri ?? '', rows: group }));
}

/** The same key for a link and a URI of one playlist; any other text is its own key. */
export const toPlaylistKey = (uri: string): string => playlistRefSchema.safeParse(uri).data ?? uri;

/** The spelling that files already have. */
export const toRequestSent = (isSent: boolean): string => (isSent ? 'True' : 'False');

function refuseForeignEncoding(source: Buffer): void {
  if (isUtf8(source)) return;
  const lines = source.toString('latin1').split('\n');
  const line = 1 + lines.findIndex((text) => !isUtf8(Buffer.from(text, 'latin1')));
  throw new UsageError(`Line ${line} is not UTF-8. Save the file as UTF-8, not UTF-16 or ANSI.`);
}

/** Continues a sentence that begins with `Line 3`. */
class RecordFault extends Error {}

function explain(error: unknown, line: number): unknown {
  if (error instanceof RecordFault) return new UsageError(`Line ${line}${error.message}`);
  if (!(error instanceof CsvError)) return error;
  return new UsageError(
    `Line ${line} cannot be read: ${error.message}. Quote the whole field, and double the quotes inside it.`,
  );
}

type Columns = Readonly<Record<keyof OwnCells | 'uri' | 'count', number>> & {
  readonly names: readonly string[];
  /** The columns that the file lacks. */
  readonly missing: readonly string[];
};

/** Of a column, in any case. */
export const toColumnName = (cell: string): string =>
  cell
    .trim()
    .replaceAll('"', '')
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

/** Finds the columns by their names in any case. Missing ones of the trigger are added at the end. */
function findColumns(header: readonly string[]): Columns {
  const given = header.map(toColumnName);
  const missing = ['request_sent', 'response'].filter((name) => !given.includes(name));
  const names = [...given, ...missing];
  const place = (column: string): number => {
    const index = names.indexOf(column);
    if (index !== -1 && index === names.lastIndexOf(column)) return index;
    const fault = index === -1 ? 'is missing' : 'appears twice';
    throw new RecordFault(
      `: the column ${column} ${fault}. The first line names the columns: playlist_uri,request_sent,response. A plain list of playlist links, one a line, works too.`,
    );
  };
  return {
    uri: place('playlist_uri'),
    requestSent: place('request_sent'),
    response: place('response'),
    count: given.length,
    names,
    missing,
  };
}

function toRow(cells: readonly string[], columns: Columns, isLast: boolean): PlaylistsRow {
  const { length } = cells;
  if (length !== columns.count) {
    const isCut = isLast && length < columns.count;
    throw new RecordFault(
      ` has ${length} fields where the header has ${columns.count}${isCut ? ': the last line looks cut short' : ''}. Complete it or remove it; a field with a comma is quoted.`,
    );
  }
  const requestSent = cells[columns.requestSent] ?? '';
  const word = requestSent.trim().toLowerCase();
  if (!TRUE_WORDS.has(word) && !FALSE_WORDS.has(word)) {
    throw new RecordFault(
      `: request_sent is ${JSON.stringify(requestSent.slice(0, 40))}, neither True nor False.`,
    );
  }
  const uri = (cells[columns.uri] ?? '').trim();
  const response = cells[columns.response] ?? '';
  return { uri, isSent: TRUE_WORDS.has(word), requestSent, response };
}

const TRUE_WORDS = new Set(['true', '1', 'yes', 'y', 't', 'on', 'x', 'wahr', 'ja', 'sent']);
const FALSE_WORDS = new Set(['', 'false', '0', 'no', 'n', 'f', 'off', 'falsch', 'nein', 'pending']);

const endingOf = (line: Buffer): string => /[\r\n]*$/.exec(line.toString('latin1'))?.[0] ?? '';
