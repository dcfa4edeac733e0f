/**
 * CSV as RFC 4180 has it, over bytes, with any line ending. By hand and not by a package: a function that walks a playlists file
 * has no room for the usual one, and this is a tenth of it.
 */

/** What breaks the format, in words for the person who wrote it. */
export class CsvFault extends Error {
  override readonly name = 'CsvFault';
}

/** The values of one line, and where in the bytes it ends, its line ending included. */
export type CsvRecord = { readonly cells: readonly string[]; readonly end: number };

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const COMMA = 44;
const QUOTE = 34;
const LF = 10;
const CR = 13;

/** Where the first line begins: what marks a file as UTF-8 is no part of it. */
export function skipByteOrderMark(source: Buffer): number {
  return source.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? BYTE_ORDER_MARK.length
    : 0;
}

/**
 * Every line in turn, from a place on. A blank line is one empty value.
 *
 * @throws CsvFault about the line after the last one given
 */
export function* readCsvRecords(source: Buffer, start = 0): Generator<CsvRecord, void, void> {
  let at = start;
  while (at < source.length) {
    const cells: string[] = [];
    for (let isOver = false; !isOver; ) {
      const field = readField(source, at);
      cells.push(field.cell);
      isOver = source[field.end] !== COMMA;
      at = isOver ? field.end : field.end + 1;
    }
    at = skipLineEnding(source, at);
    yield { cells, end: at };
  }
}

type Field = { readonly cell: string; readonly end: number };

function readField(source: Buffer, start: number): Field {
  if (source[start] === QUOTE) return readQuoted(source, start + 1);
  let end = start;
  while (end < source.length && !isEnd(source[end])) {
    if (source[end] === QUOTE) {
      throw new CsvFault(
        'a quote stands inside an unquoted field. Quote the whole field and double the quotes inside.',
      );
    }
    end += 1;
  }
  return { cell: source.toString('utf8', start, end), end };
}

function readQuoted(source: Buffer, start: number): Field {
  let close = source.indexOf(QUOTE, start);
  let isDoubled = false;
  while (close !== -1 && source[close + 1] === QUOTE) {
    isDoubled = true;
    close = source.indexOf(QUOTE, close + 2);
  }
  if (close === -1) {
    throw new CsvFault(
      'a quote opens here that nothing closes, as in a file cut short. Close it, or double it inside a quoted field.',
    );
  }
  const end = close + 1;
  if (end < source.length && !isEnd(source[end])) {
    throw new CsvFault(
      'something follows a closing quote. Double the quotes inside a quoted field.',
    );
  }
  const text = source.toString('utf8', start, close);
  return { cell: isDoubled ? text.replaceAll('""', '"') : text, end };
}

function isEnd(byte: number | undefined): boolean {
  return byte === COMMA || byte === LF || byte === CR;
}

/** Line endings may be mixed. */
function skipLineEnding(source: Buffer, at: number): number {
  if (source[at] === CR && source[at + 1] === LF) return at + 2;
  return Math.min(source.length, at + 1);
}

/** One line, without its ending. */
export function toCsvLine(cells: readonly string[]): string {
  return cells.map(quoteWhereNeeded).join(',');
}

function quoteWhereNeeded(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
