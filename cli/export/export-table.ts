import type { StoredRow, TableReader } from '../../app/app.ts';
import { TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import { joinTexts } from '../external-sort/run-records.ts';
import { createSorter } from '../external-sort/sorted-runs.ts';
import type { RowProgress } from '../shared/row-bar.ts';
import type { OutputFile } from './atomic-files.ts';
import { COLUMNS } from './columns.ts';
import { createRowWriter, type Format, type RowWriter } from './formats.ts';

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
  readonly onProgress?: ((progress: RowProgress) => void) | undefined;
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
  const sorter = createSorter(folder, runBytes);
  const { rows, unknownAttributes } = await sortRows(reader, options, (row) => {
    const entry = { key: String(row[TABLE_KEYS[table]]), text: writer.toText(row) };
    return sorter.add(entry);
  });
  await writeRows(sorter.listSorted(), { file, writer, totalRows: rows }, options);
  return { rows, bytes: await file.finish(), unknownAttributes };
}

async function sortRows(
  reader: Pick<TableReader, 'countRowsAbout' | 'listPages'>,
  { onProgress, signal, table, tableName }: TableExport,
  add: (row: StoredRow) => Promise<void> | undefined,
): Promise<Pick<Written, 'rows' | 'unknownAttributes'>> {
  const totalRows = await reader.countRowsAbout(tableName);
  const known = new Set(COLUMNS[table]);
  const unknown = new Set<string>();
  let rows = 0;
  onProgress?.({ table, phase: 'read', rows, totalRows });
  for await (const page of reader.listPages(tableName)) {
    signal?.throwIfAborted();
    for (const row of page) {
      for (const name of Object.keys(row)) if (!known.has(name)) unknown.add(name);
      // Awaited only where a run is full: once in many rows.
      const spilled = add(row);
      if (spilled !== undefined) await spilled;
    }
    rows += page.length;
    onProgress?.({ table, phase: 'read', rows, totalRows });
  }
  return { rows, unknownAttributes: [...unknown].sort() };
}

async function writeRows(
  blocks: AsyncIterable<Buffer>,
  {
    file,
    totalRows,
    writer: { between, head, tail },
  }: { readonly file: OutputFile; readonly totalRows: number; readonly writer: RowWriter },
  { onProgress, signal, table }: TableExport,
): Promise<void> {
  let rows = 0;
  await file.write(head);
  for await (const block of blocks) {
    signal?.throwIfAborted();
    const { count, text } = joinTexts(block, { between, isFirst: rows === 0 });
    await file.write(text);
    rows += count;
    onProgress?.({ table, phase: 'write', rows, totalRows });
  }
  await file.write(tail);
}
