/** Where rows of the four tables come from, and a picture of them. */
import { TABLE_KEYS, type Table } from '../etl/model/records.ts';
import { describeRowFaults, RECORD_SCHEMAS } from '../etl/model/row-faults.ts';
import { toPlain } from '../lib/plain-value.ts';
import type { StoredRow, TableReader } from '../stores/dynamodb/table-reader.ts';
import type { Library } from '../stores/sqlite/library.ts';
import { listLibraryRows } from '../stores/sqlite/library-reader.ts';
import type { Picture, PictureRow } from '../stores/sqlite/picture.ts';

export { Picture, parseRow, type SelectedRow } from '../stores/sqlite/picture.ts';

/** Reads rows as a stage or a library has them. */
export type RowSource = {
  /** Undefined where nobody knows; from DynamoDB it is hours old. */
  countRows(table: Table): Promise<number | undefined>;
  /** Every row of a table once, in no order. */
  listPages(table: Table): AsyncIterable<readonly StoredRow[]> | Iterable<readonly StoredRow[]>;
};

/**
 * The tables of a stage.
 *
 * @throws EtlError `TABLE_THROTTLED`, or what the SDK throws
 */
export function stageRows(
  reader: Pick<TableReader, 'countRowsAbout' | 'listPages'>,
  tableNames: Readonly<Record<Table, string>>,
): RowSource {
  return {
    countRows: (table) => reader.countRowsAbout(tableNames[table]),
    listPages: (table) => reader.listPages(tableNames[table]),
  };
}

/** @throws EtlError as `Library.run` */
export function libraryRows(library: Library): RowSource {
  return {
    countRows: async (table) => {
      const [[row] = []] = await library.run([{ sql: `SELECT count(*) AS rows FROM ${table}` }]);
      return Number(row?.rows);
    },
    listPages: (table) => listLibraryRows(library, table),
  };
}

export type PictureProgress = {
  readonly table: Table;
  readonly rows: number;
  readonly totalRows: number | undefined;
};

/** One column per attribute, in the order of the records. */
export const COLUMNS: Readonly<Record<Table, readonly string[]>> = {
  playlist: Object.keys(RECORD_SCHEMAS.playlist.shape),
  track: Object.keys(RECORD_SCHEMAS.track.shape),
  album: Object.keys(RECORD_SCHEMAS.album.shape),
  artist: Object.keys(RECORD_SCHEMAS.artist.shape),
};

type PictureOptions = {
  /** Default: all. */
  readonly tables?: readonly Table[] | undefined;
  readonly onProgress?: ((progress: PictureProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type TakenTable = {
  readonly table: Table;
  readonly rows: number;
  /** Attributes that this version does not know and leaves out. */
  readonly unknownAttributes: readonly string[];
};

/** A run writes a playlist's row last, so the rows it refers to are in the tables that are read later. */
export const TABLES = ['playlist', 'track', 'album', 'artist'] as const satisfies readonly Table[];

/** Reads all rows into the picture. A row that an earlier source had stays. */
export async function takePicture(
  picture: Picture,
  source: RowSource,
  options: PictureOptions = {},
): Promise<TakenTable[]> {
  const taken: TakenTable[] = [];
  for (const table of options.tables ?? TABLES) {
    taken.push(await takeTable(picture, source, { ...options, table }));
  }
  picture.sort();
  return taken;
}

async function takeTable(
  picture: Picture,
  source: RowSource,
  { onProgress, signal, table }: PictureOptions & { readonly table: Table },
): Promise<TakenTable> {
  const known = new Set(COLUMNS[table]);
  const unknown = new Set<string>();
  const totalRows = await source.countRows(table);
  let rows = 0;
  onProgress?.({ table, rows, totalRows });
  for await (const page of source.listPages(table)) {
    signal?.throwIfAborted();
    for (const name of page.flatMap(Object.keys)) {
      if (!known.has(name)) unknown.add(name);
    }
    picture.put(
      table,
      page.map((row) => toPictureRow(table, row)),
    );
    rows += page.length;
    onProgress?.({ table, rows, totalRows });
  }
  return { table, rows, unknownAttributes: [...unknown].sort() };
}

function toPictureRow(table: Table, row: StoredRow): PictureRow {
  const known: Record<string, unknown> = {};
  for (const name of COLUMNS[table]) {
    if (row[name] !== undefined && row[name] !== null) known[name] = toPlain(row[name]);
  }
  return {
    id: String(row[TABLE_KEYS[table]]),
    row: JSON.stringify(known),
    why: describeRowFaults(table, row) ?? null,
  };
}
