/** How rows become the text of a file, a page at a time. */
import { type Options, stringify } from 'csv-stringify/sync';

export type TextForm<Row> = {
  readonly head?: string;
  readonly toText: (page: readonly Row[]) => string;
  readonly between?: string;
  readonly tail?: string;
};

export async function* toChunks<Row>(
  pages: AsyncIterable<readonly Row[]>,
  { between = '', head = '', tail = '', toText }: TextForm<Row>,
): AsyncGenerator<string> {
  let isFirst = true;
  yield head;
  for await (const page of pages) {
    yield isFirst ? toText(page) : between + toText(page);
    isFirst = false;
  }
  yield tail;
}

/** JSON texts as one array. */
export const JSON_FORM: TextForm<string> = {
  head: '[\n',
  toText: (page) => page.join(',\n'),
  between: ',\n',
  tail: '\n]\n',
};

export const JSONL_FORM: TextForm<string> = {
  toText: (page) => page.map((text) => `${text}\n`).join(''),
};

/** What a cell of a spreadsheet takes is 32,767 characters; one is for the mark of what would be a formula. */
const MAX_CELL = 32_766;

export type CsvOptions = {
  /** No text starts as a formula does. This changes some texts. */
  readonly isSafe: boolean;
  /** Without the byte order mark, Excel reads UTF-8 in the system's code page. */
  readonly hasMark: boolean;
  /** Called for each text that is longer than a cell, which is left empty. */
  readonly onTooLong?: () => void;
};

/** An empty text is quoted, an absent value is not. What is no text is JSON. */
export function csvForm(
  columns: readonly string[],
  { hasMark, isSafe, onTooLong }: CsvOptions,
): TextForm<object> {
  const toCell = (text: string): string => {
    if (text.length <= MAX_CELL) return text;
    onTooLong?.();
    return '';
  };
  const options: Options = {
    columns: [...columns],
    record_delimiter: '\n',
    cast: { boolean: String, string: toCell, object: (value) => toCell(JSON.stringify(value)) },
    // Some readers end a row at a bare CR.
    quoted_match: /^$|\r/,
    escape_formulas: isSafe,
  };
  return {
    head: `${hasMark ? '\uFEFF' : ''}${columns.join()}\n`,
    toText: (page) => stringify([...page], options),
  };
}
