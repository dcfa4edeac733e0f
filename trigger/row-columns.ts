/** What is in a file of rows, and its columns. */

/** The cells of a row by the names of their columns. */
export type Cells = Readonly<Record<string, string>>;

/** What is in a file of this kind. */
export type FileForm<Row> = {
  /** The column that says what a row is about. */
  readonly key: string;
  /** More columns that a person fills; those that can be missing come with the first new row. */
  readonly needed?: readonly string[];
  readonly optional?: readonly string[];
  /** The columns that the program fills. Missing ones are added at the end. */
  readonly own: readonly string[];
  /** Whether a cell can be a key: a file without names of columns begins with one. */
  readonly isKey?: (cell: string) => boolean;
  /** Rows can lack cells at their ends, and every line that begins with `#` is a comment. */
  readonly isLoose?: boolean;
  /** What else a file can be, for the message about a missing column. */
  readonly hint: string;
  /** Throws RecordFault where a cell cannot be read. */
  readonly toRow: (cells: Cells, line: number) => Row;
};

/** Continues a sentence that begins with `Line 3`. */
export class RecordFault extends Error {}

export type Columns = {
  /** The place of the key. */
  readonly key: number;
  /** How many the file has. */
  readonly count: number;
  readonly names: readonly string[];
  /** The columns that the file lacks. */
  readonly missing: readonly string[];
};

export const toColumnName = (cell: string): string =>
  cell
    .trim()
    .replaceAll('"', '')
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');

/** Finds the columns by their names in any case. Missing ones of the program are added at the end; for new rows, all. */
export function findColumns(
  header: readonly string[],
  { hint, key, needed = [], optional = [], own }: Omit<FileForm<unknown>, 'toRow'>,
  hasNewRows: boolean,
): Columns {
  const given = header.map(toColumnName);
  const missing = [...(hasNewRows ? optional : []), ...own].filter((name) => !given.includes(name));
  const names = [...given, ...missing];
  for (const name of [key, ...needed, ...own]) {
    if (names.includes(name) && names.indexOf(name) === names.lastIndexOf(name)) continue;
    const fault = names.includes(name) ? 'appears twice' : 'is missing';
    const all = [key, ...needed, ...optional, ...own].join();
    throw new RecordFault(
      `: the column ${name} ${fault}. The first line names the columns: ${all}. ${hint}`,
    );
  }
  return { key: names.indexOf(key), count: given.length, names, missing };
}

export function toCells(cells: readonly string[], { names }: Pick<Columns, 'names'>): Cells {
  return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']));
}

export function assertComplete(
  { length }: readonly string[],
  { count }: Columns,
  isLast: boolean,
): void {
  if (length === count) return;
  const isCut = isLast && length < count;
  throw new RecordFault(
    ` has ${length} fields where the header has ${count}${isCut ? ': the last line looks cut short' : ''}. Complete it or remove it; a field with a comma is quoted.`,
  );
}
