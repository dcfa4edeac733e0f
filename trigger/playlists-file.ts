/** The playlists file: its rows, and the file with new cells in some of them. Every other row keeps its bytes. */
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { playlistRefSchema } from '../etl/model/ids.ts';
import { UsageError } from '../lib/usage-error.ts';
import { isFailure } from './outcome.ts';

/** What the trigger writes into a row. */
export type OwnCells = { readonly requestSent: string; readonly response: string };

export type PlaylistsRow = OwnCells & {
  /** As the user wrote it, without spaces around it. */
  readonly uri: string;
  readonly isSent: boolean;
};

/**
 * Reads a playlists file: its rows without blank lines, and the file in chunks, with the cells that `editRow` returns for a row.
 * Undefined leaves a row as it is; an unedited file is one chunk. Throws UsageError with the line at fault.
 */
export function parsePlaylists(
  source: Buffer,
  editRow?: (row: PlaylistsRow) => OwnCells | undefined,
): { readonly rows: readonly PlaylistsRow[]; readonly chunks: readonly Uint8Array[] } {
  refuseForeignEncoding(source);
  const rows: PlaylistsRow[] = [];
  const chunks: Uint8Array[] = [];
  let columns: ColumnPlaces | undefined;
  let start = 0;
  let written = 0;
  const onRecord = (cells: readonly string[], end: number): void => {
    if (columns === undefined) columns = findColumns(cells);
    else if (cells.some((cell) => cell.trim() !== '')) {
      const row = toRow(cells, columns, end === source.length);
      rows.push(row);
      const own = editRow?.(row);
      if (own === undefined) return;
      const line = editCells(cells, columns, own) + endingOf(source.subarray(start, end));
      chunks.push(source.subarray(written, start), Buffer.from(line));
      written = end;
    }
  };
  try {
    parse(source, {
      bom: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (cells, { bytes: end }) => {
        onRecord(cells, end);
        start = end;
        return null;
      },
    });
    columns ??= findColumns([]);
  } catch (error) {
    throw explain(error, source.toString('latin1', 0, start).split(/\r\n|\n|\r/).length);
  }
  return { rows, chunks: [...chunks, source.subarray(written)] };
}

/** One request, and every row that its answer is for: a playlist that is listed twice costs one. */
export type PlannedRequest = { readonly uri: string; readonly rows: readonly PlaylistsRow[] };

/** Which rows are sent besides the pending ones. */
export type Selection = 'pending' | 'failed' | 'all';

/** The requests for the selected rows in the order of the file, at most `limit`. */
export function planRequests(
  rows: readonly PlaylistsRow[],
  selection: Selection,
  limit = Number.POSITIVE_INFINITY,
): PlannedRequest[] {
  const isSelected = ({ isSent, response }: PlaylistsRow): boolean =>
    !isSent || selection === 'all' || (selection === 'failed' && isFailure(response));
  const groups = Map.groupBy(rows.filter(isSelected), ({ uri }) => toPlaylistKey(uri));
  const chosen = [...groups.values()].slice(0, limit);
  return chosen.map((group) => ({ uri: group[0]?.uri ?? '', rows: group }));
}

/** The same for a link and a URI of one playlist; what is not a playlist is its own key. */
export const toPlaylistKey = (uri: string): string => playlistRefSchema.safeParse(uri).data ?? uri;

/** As the file has always had it. */
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

type ColumnPlaces = Readonly<Record<keyof OwnCells | 'uri' | 'count', number>>;

function findColumns(header: readonly string[]): ColumnPlaces {
  const names = header.map((name) => name.trim());
  const place = (column: string): number => {
    const index = names.indexOf(column);
    if (index !== -1 && index === names.lastIndexOf(column)) return index;
    const fault = index === -1 ? 'is missing' : 'is there twice';
    throw new RecordFault(
      `: the column ${column} ${fault}. The first line names the columns: playlist_uri,request_sent,response.`,
    );
  };
  return {
    uri: place('playlist_uri'),
    requestSent: place('request_sent'),
    response: place('response'),
    count: names.length,
  };
}

function toRow(cells: readonly string[], columns: ColumnPlaces, isLast: boolean): PlaylistsRow {
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

/** The row without its line ending, with the trigger's cells replaced. */
function editCells(cells: readonly string[], columns: ColumnPlaces, own: OwnCells): string {
  const edited = cells
    .with(columns.requestSent, own.requestSent)
    .with(columns.response, own.response);
  return stringify([edited], { eof: false, quoted_match: /[\r\n]/ });
}

const endingOf = (line: Buffer): string => /[\r\n]*$/.exec(line.toString('latin1'))?.[0] ?? '';
