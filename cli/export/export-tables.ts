import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTableReader, type DynamodbSettings, type TableReader } from '../../app/app.ts';
import type { Table } from '../../etl/model/records.ts';
import { DEFAULT_READ_UNITS_PER_SECOND, DEFAULT_SEGMENTS } from '../shared/options.ts';
import type { RowProgress } from '../shared/row-bar.ts';
import { createWorkFolder, type WorkFolder } from './atomic-files.ts';
import { EXPORT_TABLES } from './columns.ts';
import { exportTable, type TableSummary } from './export-table.ts';
import type { Format } from './formats.ts';

export type FileOptions = {
  /** Physical name of each table. */
  readonly tableNames: Readonly<Record<Table, string>>;
  /** Default: all four. */
  readonly tables?: readonly Table[] | undefined;
  /** Folder of the files; made where it is not there. */
  readonly out: string;
  /** Default: csv. */
  readonly format?: Format | undefined;
  /** Make the CSV safe and legible for a spreadsheet, which changes some texts. */
  readonly spreadsheet?: boolean | undefined;
  /** Memory of one sorted run. */
  readonly runBytes?: number | undefined;
  readonly onProgress?: ((progress: RowProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type ExportOptions = FileOptions & {
  /** What is left out is found as the SDK does. */
  readonly dynamodb?: DynamodbSettings | undefined;
  readonly segments?: number | undefined;
  readonly readUnitsPerSecond?: number | undefined;
};

export type ExportSummary = {
  readonly tables: readonly TableSummary[];
  readonly readUnits: number;
  readonly durationMs: number;
};

/**
 * Writes the tables into files, one each, rows ordered by key. Either every file is replaced or, after a failure, none.
 *
 * @throws EtlError `TABLE_THROTTLED`, or what the SDK throws
 */
export async function exportTables(options: ExportOptions): Promise<ExportSummary> {
  const reader = createTableReader({
    dynamodb: options.dynamodb ?? {},
    segments: options.segments ?? DEFAULT_SEGMENTS,
    readUnitsPerSecond: options.readUnitsPerSecond ?? DEFAULT_READ_UNITS_PER_SECOND,
    signal: options.signal,
  });
  try {
    return await exportFrom(reader, options);
  } finally {
    reader.close();
  }
}

/** The same from any reader of tables. */
export async function exportFrom(
  reader: Omit<TableReader, 'close'>,
  options: FileOptions,
): Promise<ExportSummary> {
  const startedAt = Date.now();
  const work = await createWorkFolder(options.out, startedAt);
  try {
    const tables: TableSummary[] = [];
    for (const table of EXPORT_TABLES.filter((one) => options.tables?.includes(one) ?? true)) {
      tables.push(await exportOne(reader, work, { table, options }));
    }
    await work.publish();
    return { tables, readUnits: reader.readUnits(), durationMs: Date.now() - startedAt };
  } finally {
    await work.remove();
  }
}

async function exportOne(
  reader: Omit<TableReader, 'close'>,
  work: WorkFolder,
  { options, table }: { readonly table: Table; readonly options: FileOptions },
): Promise<TableSummary> {
  const { format = 'csv', onProgress, out, runBytes, signal, spreadsheet = false } = options;
  const tableName = options.tableNames[table];
  const name = `${table}_results.${format}`;
  const folder = join(work.path, `${table}-runs`);
  await mkdir(folder);
  const written = await exportTable(
    reader,
    { file: await work.createFile(name), folder },
    { table, tableName, format, spreadsheet, runBytes, onProgress, signal },
  );
  await rm(folder, { recursive: true });
  return { table, tableName, path: join(out, name), ...written };
}
