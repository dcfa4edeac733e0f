import type { StoredRow, TableReader } from '../../etl/app.ts';
import { TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import type { OutputFile } from './atomic-files.ts';
import { COLUMNS } from './columns.ts';
import { createRowWriter, type Format, type RowWriter } from './formats.ts';
import { createRowSorter } from './sorted-runs.ts';

/** How far an export has come. */
export type ExportProgress = {
  readonly table: Table;
  /** Rows are read and sorted first, then written. */
  readonly phase: 'read' | 'write';
  readonly rows: number;
  /** Exact while writing; while reading DynamoDB's count, which is hours old, where there is one. */
  readonly totalRows: number | undefined;
};

/** What became of one table. */
export type TableSummary = {
  readonly table: Table;
  readonly tableName: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Attributes this version does not know, which are in no file. */
  readonly unknownAttributes: readonly string[];
};

export type TableExport = {
  readonly table: Table;
  readonly tableName: string;
  readonly format: Format;
  readonly spreadsheet: boolean;
  readonly runBytes?: number | undefined;
  readonly onProgress?: ((progress: ExportProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

type Written = Pick<TableSummary, 'rows' | 'bytes' | 'unknownAttributes'>;

/** One table into one file, ordered by key, in bounded memory: read and sort, then merge and write. */
export async function exportTable(
  reader: Pick<TableReader, 'countRowsAbout' | 'listPages'>,
  { file, folder }: { readonly file: OutputFile; readonly folder: string },
  options: TableExport,
): Promise<Written> {
  const { format, runBytes, spreadsheet, table } = options;
  const writer = createRowWriter(format, COLUMNS[table], { spreadsheet });
  const sorter = createRowSorter(folder, runBytes);
  const unknown = await sortRows(reader, options, {
    toLine: writer.toLine,
    add: sorter.add,
  });
  const { rows, unknownAttributes } = unknown;
  await writeRows(file, writer, { sorted: sorter.listSorted(), totalRows: rows, options });
  return { rows, bytes: await file.finish(), unknownAttributes };
}

async function sortRows(
  reader: Pick<TableReader, 'countRowsAbout' | 'listPages'>,
  { onProgress, signal, table, tableName }: TableExport,
  { add, toLine }: Pick<RowWriter, 'toLine'> & Pick<ReturnType<typeof createRowSorter>, 'add'>,
): Promise<Pick<Written, 'rows' | 'unknownAttributes'>> {
  const totalRows = await reader.countRowsAbout(tableName);
  const known = new Set(COLUMNS[table]);
  const unknown = new Set<string>();
  let rows = 0;
  onProgress?.({ table, phase: 'read', rows, totalRows });
  for await (const page of reader.listPages(tableName)) {
    signal?.throwIfAborted();
    await add(page.map((row) => ({ key: keyOf(row, table), line: toLine(row) })));
    for (const row of page) noteUnknown(row, known, unknown);
    rows += page.length;
    onProgress?.({ table, phase: 'read', rows, totalRows });
  }
  return { rows, unknownAttributes: [...unknown].sort() };
}

function keyOf(row: StoredRow, table: Table): string {
  return String(row[TABLE_KEYS[table]]);
}

function noteUnknown(row: StoredRow, known: ReadonlySet<string>, unknown: Set<string>): void {
  for (const name of Object.keys(row)) if (!known.has(name)) unknown.add(name);
}

async function writeRows(
  file: OutputFile,
  writer: RowWriter,
  {
    options: { onProgress, signal, table },
    sorted,
    totalRows,
  }: {
    readonly sorted: ReturnType<ReturnType<typeof createRowSorter>['listSorted']>;
    readonly totalRows: number;
    readonly options: TableExport;
  },
): Promise<void> {
  let rows = 0;
  await file.write(writer.head);
  for await (const batch of sorted) {
    signal?.throwIfAborted();
    await file.write(
      writer.render(
        batch.map(({ line }) => line),
        rows,
      ),
    );
    rows += batch.length;
    onProgress?.({ table, phase: 'write', rows, totalRows });
  }
  await file.write(writer.toTail(rows));
}
