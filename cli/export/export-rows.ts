import { setImmediate } from 'node:timers/promises';
import type { Library } from '../../app/library.ts';
import { Picture, TABLES, type TakenTable, takePicture } from '../../app/picture.ts';
import type { Table } from '../../etl/model/records.ts';
import { isSystemError } from '../../lib/system-error.ts';
import type { RowWork } from '../shared/over-rows.ts';
import type { RowProgress } from '../shared/row-bar.ts';
import type { CsvOptions } from '../shared/text-form.ts';
import { createWorkFolder } from './atomic-files.ts';
import type { Count, ExportFile } from './files.ts';
import { keepLists } from './keep-lists.ts';
import { exportifyFiles, flatFiles, m3u8Files } from './list-files.ts';
import { parquetFiles } from './parquet-files.ts';
import { playsFile } from './plays-file.ts';
import { sqliteFile } from './sqlite-file.ts';
import { csvFiles, jsonFiles } from './table-files.ts';

export const FORMATS = [
  ...(['csv', 'json', 'jsonl', 'parquet'] as const),
  ...(['sqlite', 'exportify', 'm3u8'] as const),
];
export type Format = (typeof FORMATS)[number];

export type ExportOptions = {
  readonly format: Format;
  /** CSV in one file, with the items of all lists. */
  readonly flat?: boolean;
  /** Default: all four. */
  readonly tables?: readonly Table[] | undefined;
  /** Only these lists, and the rows they lead to. Default: all. */
  readonly playlist?: readonly string[];
  /** The library with the plays, if they are wanted. */
  readonly plays?: Library | undefined;
  /** Whose a library is that is written. */
  readonly owner: string;
  /** Output folder; created if missing. */
  readonly out: string;
  /** Makes CSV safe for a spreadsheet, which changes some texts. */
  readonly spreadsheet?: boolean;
  /** The same for files that are for people anyway. Default: true. */
  readonly formulaSafety?: boolean;
};

export type ExportSummary = {
  readonly files: readonly { path: string; rows: number; bytes: number }[];
  readonly tables: readonly (TakenTable & { readonly malformed: number })[];
  /** Texts that no cell takes. */
  readonly tooLong: number;
  readonly durationMs: number;
};

type Source = Pick<RowWork, 'source'> & {
  readonly library?: RowWork['library'];
  readonly signal?: AbortSignal;
  readonly onProgress?: ((progress: RowProgress) => void) | undefined;
};

/** Whether a table alone says too little. */
export function needsAllTables(options: Pick<ExportOptions, 'flat' | 'format'>): boolean {
  return options.flat === true || ['exportify', 'm3u8', 'sqlite'].includes(options.format);
}

/** The disk is full, or the path takes no files. */
const DISK_CODES = [
  ...['EACCES', 'EDQUOT', 'EEXIST', 'EISDIR', 'ENAMETOOLONG', 'ENOENT'],
  ...['ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS'],
];

/**
 * Writes rows into files, ordered by key. Either every file is replaced or, after a failure, none.
 *
 * @throws EtlError `TABLE_THROTTLED`, or what the SDK or `Library.run` throws
 * @throws UsageError where a list is not there
 */
export async function exportRows(source: Source, options: ExportOptions): Promise<ExportSummary> {
  return await exportInto(source, options).catch((error: unknown) => {
    if (!isSystemError(error, ...DISK_CODES)) throw error;
    const message = `The files cannot be written into ${options.out}: ${error.message}. Choose another folder with --out, or make room. Nothing was replaced.`;
    throw new Error(message, { cause: error });
  });
}

async function exportInto(
  { library, onProgress, signal, source }: Source,
  options: ExportOptions,
): Promise<ExportSummary> {
  const startedAt = Date.now();
  const { out, playlist = [] } = options;
  const work = await createWorkFolder(out, startedAt);
  const picture = new Picture();
  try {
    const isWhole = needsAllTables(options) || playlist.length > 0;
    const taken = await takePicture(picture, source, {
      tables: isWhole ? TABLES : options.tables,
      onProgress,
      signal,
    });
    // Gives its cache back; the plays open it again.
    await library?.close();
    if (playlist.length > 0) keepLists(picture, playlist);
    let tooLong = 0;
    const files: { path: string; rows: number; bytes: number }[] = [];
    for (const { fill, name } of toFiles(picture, {
      ...options,
      signal,
      onTooLong: () => (tooLong += 1),
    })) {
      let rows = 0;
      const count: Count = async function* (pages) {
        for await (const page of pages) {
          // A look at Ctrl-C.
          await setImmediate();
          signal?.throwIfAborted();
          rows += page.length;
          onProgress?.({ phase: 'write', table: name, rows });
          yield page;
        }
      };
      const bytes = await work.addFile(name, (path) => fill(path, count));
      files.push({ path: `${out}/${name}`, rows, bytes });
    }
    await work.publish();
    const tables = taken.map((one) => ({ ...one, ...countRows(picture, one.table) }));
    return { files, tables, tooLong, durationMs: Date.now() - startedAt };
  } finally {
    await work.remove();
    picture.close();
  }
}

function countRows(picture: Picture, table: Table): { rows: number; malformed: number } {
  const sql = 'SELECT count(*) AS rows, count(why) AS malformed FROM stored WHERE kind = :table';
  const [row] = picture.list(sql, { table });
  return { rows: Number(row?.rows), malformed: Number(row?.malformed) };
}

type FileOptions = ExportOptions & {
  readonly signal: AbortSignal | undefined;
  readonly onTooLong: () => void;
};

function toFiles(picture: Picture, options: FileOptions): readonly ExportFile[] {
  const { format, formulaSafety = true, onTooLong, plays, spreadsheet = false } = options;
  const isSafe =
    spreadsheet || (formulaSafety && (options.flat === true || format === 'exportify'));
  const csv = { isSafe, hasMark: spreadsheet, onTooLong };
  const tables = TABLES.filter((table) => options.tables?.includes(table) ?? true);
  const files = FILES[format]({ ...options, picture, tables, csv });
  if (plays === undefined || format === 'sqlite') return files;
  return [...files, playsFile(plays, format, csv)];
}

type Contents = Omit<FileOptions, 'tables'> & {
  readonly picture: Picture;
  readonly tables: readonly Table[];
  readonly csv: CsvOptions;
};

const FILES: Readonly<Record<Format, (contents: Contents) => readonly ExportFile[]>> = {
  csv: ({ csv, flat, picture, tables }) =>
    flat ? flatFiles(picture, csv) : csvFiles(picture, tables, csv),
  json: ({ picture, tables }) => jsonFiles(picture, tables, 'json'),
  jsonl: ({ picture, tables }) => jsonFiles(picture, tables, 'jsonl'),
  parquet: ({ picture, tables }) => parquetFiles(picture, tables),
  sqlite: (contents) => [sqliteFile(contents.picture, contents)],
  exportify: ({ csv, picture }) => exportifyFiles(picture, csv),
  m3u8: ({ picture }) => m3u8Files(picture),
};
