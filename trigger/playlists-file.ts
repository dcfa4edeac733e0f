/**
 * The playlists file as bytes and rows. A row that nobody touches is written as it stood, byte for byte: rows are places in
 * the bytes, and only a changed one is encoded anew.
 */
import { isUtf8 } from 'node:buffer';
import { UsageError } from '../lib/usage-error.ts';
import { CsvFault, readCsvRecords, skipByteOrderMark, toCsvLine } from './csv.ts';
import { type OwnCells, type PlaylistsRow, parseRequestSent } from './playlists-row.ts';

const COLUMNS = ['playlist_uri', 'request_sent', 'response'] as const;

export type ColumnPlaces = Readonly<Record<(typeof COLUMNS)[number], number>> & {
  readonly count: number;
};

export type Playlists = {
  readonly source: Buffer;
  readonly columns: ColumnPlaces;
  /** Blank lines are none, but stay in the file. */
  readonly rows: readonly PlaylistsRow[];
};

/**
 * Reads the file's rows.
 *
 * @throws UsageError naming the line, for whatever is not a playlists file
 */
export function parsePlaylists(source: Buffer): Playlists {
  refuseForeignEncoding(source);
  let columns: ColumnPlaces | undefined;
  const rows: PlaylistsRow[] = [];
  let start = 0;
  try {
    for (const { cells, end } of readCsvRecords(source, skipByteOrderMark(source))) {
      const place = { source, start, end };
      if (columns === undefined) columns = findColumns(cells);
      else if (cells.some((cell) => cell !== '')) rows.push(toRow(cells, columns, place));
      start = end;
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    throw new UsageError(`Line ${lineAt(source, start)} cannot be read: ${error.message}`);
  }
  return { source, columns: columns ?? findColumns([]), rows };
}

function refuseForeignEncoding(source: Buffer): void {
  const mark = source.subarray(0, 2).toString('latin1');
  if (mark === '\xff\xfe' || mark === '\xfe\xff') {
    throw new UsageError('Line 1: the file is UTF-16. Save it as UTF-8.');
  }
  if (isUtf8(source)) return;
  throw new UsageError(
    `Line ${firstLineNotUtf8(source)} is not UTF-8. Save the file as UTF-8 and start again.`,
  );
}

function firstLineNotUtf8(source: Buffer): number {
  let line = 1;
  let start = 0;
  for (let end = source.indexOf(10); end !== -1; end = source.indexOf(10, start)) {
    if (!isUtf8(source.subarray(start, end))) return line;
    start = end + 1;
    line += 1;
  }
  return line;
}

function findColumns(header: readonly string[]): ColumnPlaces {
  const names = header.map((name) => name.trim());
  const place = (column: string): number => {
    const index = names.indexOf(column);
    if (index === -1) {
      throw new UsageError(
        `Line 1: the column ${column} is missing. The first line names the columns: ${COLUMNS.join(',')}.`,
      );
    }
    if (names.includes(column, index + 1)) {
      throw new UsageError(`Line 1: the column ${column} stands there twice. Keep one.`);
    }
    return index;
  };
  return {
    playlist_uri: place('playlist_uri'),
    request_sent: place('request_sent'),
    response: place('response'),
    count: names.length,
  };
}

type Place = { readonly source: Buffer; readonly start: number; readonly end: number };

function toRow(cells: readonly string[], columns: ColumnPlaces, place: Place): PlaylistsRow {
  const { source, start, end } = place;
  if (cells.length !== columns.count) {
    const isCut = end === source.length && cells.length < columns.count;
    throw new UsageError(
      `Line ${lineAt(source, start)} has ${cells.length} fields where the header has ${columns.count}${isCut ? ': the last line looks cut short' : ''}. Complete it or take it out; a field with a comma is quoted.`,
    );
  }
  const sentCell = cells[columns.request_sent] ?? '';
  const isSent = parseRequestSent(sentCell);
  if (isSent === undefined) {
    throw new UsageError(
      `Line ${lineAt(source, start)}: request_sent is ${JSON.stringify(sentCell.slice(0, 40))}, neither True nor False.`,
    );
  }
  return { uri: (cells[columns.playlist_uri] ?? '').trim(), isSent, start, end };
}

/** Counted only for messages. */
function lineAt(source: Buffer, offset: number): number {
  return source.toString('latin1', 0, offset).split(/\r\n|\n|\r/).length;
}

/** The values of one encoded row. */
function readCells(line: Buffer): string[] {
  const text = line.toString();
  // It was read whole before, so without a quote its commas are the ends of its fields: many times faster, row by row.
  if (!text.includes('"')) return text.replace(/(?:\r\n|\n|\r)$/, '').split(',');
  const [record] = readCsvRecords(line);
  return [...(record?.cells ?? [])];
}

/** What an encoded row says in the columns that are the trigger's. */
export function readOwnCells(columns: ColumnPlaces, line: Buffer): OwnCells {
  return pickOwnCells(columns, readCells(line));
}

function pickOwnCells(columns: ColumnPlaces, cells: readonly string[]): OwnCells {
  return {
    requestSent: cells[columns.request_sent] ?? '',
    response: cells[columns.response] ?? '',
  };
}

/** A row as it stands in the file. */
export function lineOf({ source }: Playlists, { start, end }: PlaylistsRow): Buffer {
  return source.subarray(start, end);
}

/** A row with other cells in the trigger's columns. */
export type EncodedRow = { readonly before: OwnCells; readonly text: string };

/** The row's line with these cells instead of its own; all other values and the line ending are the file's. */
export function encodeRow(playlists: Playlists, row: PlaylistsRow, own: OwnCells): EncodedRow {
  const { columns } = playlists;
  const line = lineOf(playlists, row);
  const cells = readCells(line);
  const before = pickOwnCells(columns, cells);
  cells[columns.request_sent] = own.requestSent;
  cells[columns.response] = own.response;
  const ending = /(?:\r\n|\n|\r)?$/.exec(line.toString('latin1', Math.max(0, line.length - 2)));
  return { before, text: toCsvLine(cells) + (ending?.[0] ?? '') };
}

/** The whole file: changed rows by their place in `rows`, everything between them as it stood. */
export function* encodePlaylists(
  { source, rows }: Playlists,
  lineAtPlace: (place: number) => Buffer | undefined,
): Generator<Buffer> {
  let from = 0;
  for (const [place, { start, end }] of rows.entries()) {
    const line = lineAtPlace(place);
    if (line === undefined) continue;
    if (start > from) yield source.subarray(from, start);
    yield line;
    from = end;
  }
  yield source.subarray(from);
}
