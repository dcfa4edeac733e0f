import { type FileHandle, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTableReader,
  type DynamodbSettings,
  type StoredRow,
  type TableReader,
} from '../../app/app.ts';
import { TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import { isSystemError } from '../../lib/system-error.ts';
import { joinTexts } from '../external-sort/run-records.ts';
import { sortTable, type TableReading } from '../external-sort/sort-table.ts';
import { createSorter } from '../external-sort/sorted-runs.ts';
import { DEFAULT_READ_UNITS_PER_SECOND, DEFAULT_SEGMENTS } from '../shared/options.ts';
import { createWorkFolder, finishFile, type WorkFolder } from './atomic-files.ts';
import { COLUMNS, EXPORT_TABLES } from './columns.ts';
import { createRowWriter, type Format, type RowWriter } from './formats.ts';

type Reader = Omit<TableReader, 'close'>;

export type TableSummary = {
  readonly table: Table;
  readonly tableName: string;
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** Attributes that this version does not know and leaves out. */
  readonly unknownAttributes: readonly string[];
};

export type FileOptions = TableReading & {
  /** Default: all four. */
  readonly tables?: readonly Table[] | undefined;
  /** Output folder; created if missing. */
  readonly out: string;
  /** Default: csv. */
  readonly format?: Format | undefined;
  /** Makes the CSV safe for a spreadsheet, which changes some texts. */
  readonly spreadsheet?: boolean | undefined;
};

export type ExportOptions = FileOptions & {
  /** The SDK finds omitted values. */
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

/** The disk is full, or the path takes no files. */
const DISK_CODES = [
  ...['EACCES', 'EDQUOT', 'EEXIST', 'EISDIR', 'ENAMETOOLONG', 'ENOENT'],
  ...['ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS'],
];

/** The same from any reader of tables. */
export async function exportFrom(reader: Reader, options: FileOptions): Promise<ExportSummary> {
  return await exportInto(reader, options).catch((error: unknown) => {
    if (!isSystemError(error, ...DISK_CODES)) throw error;
    const message = `The files cannot be written into ${options.out}: ${error.message}. Choose another folder with --out, or make room. Nothing was replaced.`;
    throw new Error(message, { cause: error });
  });
}

async function exportInto(reader: Reader, options: FileOptions): Promise<ExportSummary> {
  const startedAt = Date.now();
  const work = await createWorkFolder(options.out, startedAt);
  try {
    const tables: TableSummary[] = [];
    for (const table of EXPORT_TABLES.filter((one) => options.tables?.includes(one) ?? true)) {
      tables.push(await exportTable(reader, work, { table, options }));
    }
    await work.publish();
    return { tables, readUnits: reader.readUnits(), durationMs: Date.now() - startedAt };
  } finally {
    await work.remove();
  }
}

/** One table into one file, ordered by key, in bounded memory: read and sort, then merge and write. */
async function exportTable(
  reader: Reader,
  work: WorkFolder,
  { options, table }: { readonly table: Table; readonly options: FileOptions },
): Promise<TableSummary> {
  const { format = 'csv', out, runBytes, spreadsheet = false, tableNames } = options;
  const tableName = tableNames[table];
  const name = `${table}_results.${format}`;
  const folder = join(work.path, `${table}-runs`);
  await mkdir(folder);
  const file = await work.createFile(name);
  const writer = createRowWriter(format, COLUMNS[table], { spreadsheet });
  const sorter = createSorter(folder, runBytes);
  const known = new Set(COLUMNS[table]);
  const unknown = new Set<string>();
  const toEntries = (row: StoredRow) => {
    for (const attribute of Object.keys(row)) if (!known.has(attribute)) unknown.add(attribute);
    return [{ key: String(row[TABLE_KEYS[table]]), text: writer.toText(row) }];
  };
  const rows = await sortTable(reader, { ...options, table }, { sorter, toEntries });
  await writeRows(sorter.listSorted(), { file, writer }, { ...options, table, totalRows: rows });
  const bytes = await finishFile(file);
  await rm(folder, { recursive: true });
  const unknownAttributes = [...unknown].sort();
  return { table, tableName, path: join(out, name), rows, bytes, unknownAttributes };
}

async function writeRows(
  blocks: AsyncIterable<Buffer>,
  { file, writer }: { readonly file: FileHandle; readonly writer: RowWriter },
  { onProgress, signal, table, totalRows }: FileOptions & { table: Table; totalRows: number },
): Promise<void> {
  const { between, head, tail } = writer;
  let rows = 0;
  await file.appendFile(head);
  for await (const block of blocks) {
    signal?.throwIfAborted();
    const { count, text } = joinTexts(block, { between, isFirst: rows === 0 });
    await file.appendFile(text);
    rows += count;
    onProgress?.({ table, phase: 'write', rows, totalRows });
  }
  await file.appendFile(tail);
}
