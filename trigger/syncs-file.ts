/** Reads and edits `syncs.csv`. Rows that are not edited keep their bytes, and further columns stay. */
import { readFile, writeFile } from 'node:fs/promises';
import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { PAIR_COLUMNS, type PairCells } from '../etl/model/sync.ts';
import { systemClock } from '../lib/system-clock.ts';
import { isSystemError } from '../lib/system-error.ts';
import { UsageError } from '../lib/usage-error.ts';
import { toColumnName } from './playlists-file.ts';
import { openFileStore, type PlaylistsStore } from './playlists-store.ts';

const RECORDED = ['last_run', 'response'] as const;
const NEEDED = ['name', 'source', 'target'] as const;

/** A row by its columns, in the order of the file. */
export type SyncRow = Readonly<Record<(typeof RECORDED)[number], string>> &
  PairCells & { readonly line: number };

export type Recorded = Partial<Pick<SyncRow, 'target' | 'last_run' | 'response'>>;

type Edit = (row: SyncRow) => Recorded | undefined;

type Parsed = {
  readonly rows: readonly SyncRow[];
  readonly content: Buffer;
  readonly columns: readonly string[];
  readonly delimiter: string;
};

/** How often a file that others edit is read again. */
const MAX_EDITS = 5;
const MAX_HEADER_BYTES = 65_536;

/**
 * The columns of `wanted` are added at the end where they are missing.
 *
 * @throws UsageError with the line at fault
 */
export function parseSyncs(
  source: Buffer,
  edit: Edit = () => undefined,
  wanted: readonly string[] = RECORDED,
): Parsed {
  const delimiter = findDelimiter(source);
  const rows: SyncRow[] = [];
  const chunks: Buffer[] = [];
  let columns: string[] | undefined;
  let start = source.subarray(0, 3).equals(Buffer.from('\ufeff')) ? 3 : 0;
  let line = 1;
  const onRecord = (cells: string[], end: number): void => {
    const bytes = source.subarray(start, end);
    const isSkipped =
      cells.every((cell) => cell.trim() === '') || cells[0]?.startsWith('#') === true;
    let written: readonly string[] | undefined;
    if (isSkipped) written = undefined;
    else if (columns === undefined) {
      columns = toColumns(cells, { line, wanted });
      if (columns.length > cells.length) written = [...cells, ...columns.slice(cells.length)];
    } else {
      const row = toRow(cells, columns, line);
      rows.push(row);
      written = toCells(cells, columns, edit(row));
    }
    chunks.push(written === undefined ? bytes : toLine(written, { bytes, delimiter }));
    line += bytes.toString('latin1').split('\n').length - 1;
    start = end;
  };
  const head = source.subarray(0, start);
  try {
    parse(blankComments(source), {
      bom: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      on_record: (cells: string[], { bytes }) => {
        onRecord(cells, bytes);
        return null;
      },
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new UsageError(`Line ${line} cannot be read: ${error.message}.`);
  }
  if (columns === undefined) throw new UsageError(`The file is empty: it needs ${HEADER}.`);
  const content = Buffer.concat([head, ...chunks, source.subarray(start)]);
  return { rows, content, columns, delimiter };
}

/** A quote in a comment opens no cell. */
function blankComments(source: Buffer): Buffer {
  let isOpen = false;
  const text = source.toString('latin1').replaceAll(/[^\r\n]+/g, (line) => {
    if (!isOpen && /^(?:\u00ef\u00bb\u00bf)?#/.test(line)) return line.replaceAll('"', ' ');
    isOpen = isOpen !== (line.split('"').length % 2 === 0);
    return line;
  });
  return Buffer.from(text, 'latin1');
}

const HEADER = `a first line that names the columns: ${PAIR_COLUMNS.join()}`;

function findDelimiter(source: Buffer): string {
  const head = source.toString('utf8', 0, MAX_HEADER_BYTES).replace('\ufeff', '');
  const first = head.split(/[\r\n]+/).find((text) => text.trim() !== '' && !text.startsWith('#'));
  return [';', '\t'].find((each) => first?.split(each).map(toColumnName).includes('source')) ?? ',';
}

function toColumns(
  cells: readonly string[],
  { line, wanted }: { readonly line: number; readonly wanted: readonly string[] },
): string[] {
  const names = cells.map(toColumnName);
  for (const each of NEEDED) {
    if (names.filter((name) => name === each).length === 1) continue;
    const fault = names.includes(each) ? 'appears twice' : 'is missing';
    throw new UsageError(`Line ${line}: the column ${each} ${fault}. The file needs ${HEADER}.`);
  }
  return [...names, ...wanted.filter((each) => !names.includes(each))];
}

function toRow(cells: readonly string[], columns: readonly string[], line: number): SyncRow {
  const of = (name: string): string => cells[columns.indexOf(name)]?.trim() ?? '';
  const [name, source, target, mode, apply, max_removals] = PAIR_COLUMNS.map(of);
  const [last_run, response] = RECORDED.map(of);
  return {
    line,
    ...{ name: name ?? '', source: source ?? '', target: target ?? '', mode: mode ?? '' },
    ...{ apply: apply ?? '', max_removals: max_removals ?? '' },
    ...{ last_run: last_run ?? '', response: response ?? '' },
  };
}

/** Undefined where nothing changes; a row that is too short gets the columns that were added. */
function toCells(
  cells: readonly string[],
  columns: readonly string[],
  recorded: Recorded | undefined,
): string[] | undefined {
  if (recorded === undefined) return undefined;
  const all = [...cells, ...Array<string>(Math.max(0, columns.length - cells.length)).fill('')];
  for (const [name, value] of Object.entries(recorded)) all[columns.indexOf(name)] = value;
  return all;
}

type Line = { readonly bytes: Buffer; readonly delimiter: string };

function toLine(cells: readonly string[], { bytes, delimiter }: Line): Buffer {
  const [ending = ''] = /[\r\n]*$/.exec(bytes.toString('latin1')) ?? [];
  return Buffer.from(stringify([[...cells]], { delimiter, eof: false }) + ending);
}

/** @throws UsageError where there is no file, or it cannot be read */
export async function readSyncs(file: string): Promise<readonly SyncRow[]> {
  const source = await readFile(file).catch((error: unknown) => {
    if (!isSystemError(error, 'ENOENT')) throw error;
    throw new UsageError(
      `There is no ${file} here. Write a first row: npx spotify-etl sync add, or name another --file.`,
    );
  });
  return parseSyncs(source).rows;
}

/** Writes into the rows of these names, in the file as it is now. A target that a person has put there since stays. */
export async function recordInSyncs(
  store: SyncsStore,
  recorded: ReadonlyMap<string, Recorded>,
  rows: readonly Pick<SyncRow, 'name' | 'target'>[],
): Promise<void> {
  const targets = new Map(rows.map(({ name, target }) => [name, target]));
  await change(store, (source) => {
    const edit: Edit = ({ name, target: written }) => {
      const found = recorded.get(name);
      if (found === undefined || written === targets.get(name)) return found;
      const { target: _target, ...others } = found;
      return others;
    };
    return parseSyncs(source, edit).content;
  });
}

/** Adds a row, and the file where there is none. */
export async function addToSyncs(file: string, added: PairCells): Promise<void> {
  const fresh = `${[...PAIR_COLUMNS, ...RECORDED].join()}\n`;
  await writeFile(file, fresh, { flag: 'wx' }).catch((error: unknown) => {
    if (!isSystemError(error, 'EEXIST')) throw error;
  });
  await change(await openSyncs(file), (source) => appendRow(source, added));
}

/** @throws UsageError where a row has the name already */
export function appendRow(source: Buffer, added: Readonly<Record<string, string>>): Buffer {
  const { columns, content, delimiter, rows } = parseSyncs(source, undefined, [
    ...PAIR_COLUMNS,
    ...RECORDED,
  ]);
  if (rows.some(({ name }) => name === added.name)) {
    throw new UsageError(`The file has a pair of the name ${added.name} already.`);
  }
  const text = content.toString('latin1');
  const [ending = '\n'] = /\r\n|\n|\r/.exec(text) ?? [];
  const row = stringify([columns.map((name) => added[name] ?? '')], { delimiter, eof: false });
  const start = /[\r\n]$/.test(text) ? '' : ending;
  return Buffer.concat([content, Buffer.from(`${start}${row}${ending}`)]);
}

/** Where the file is. */
export type SyncsStore = Pick<PlaylistsStore, 'name' | 'read' | 'replace'>;

export function openSyncs(file: string): Promise<SyncsStore> {
  return openFileStore(file, systemClock);
}

/** Edits the file as it is now. */
async function change(store: SyncsStore, edit: (source: Buffer) => Buffer): Promise<void> {
  for (let tries = MAX_EDITS; tries > 0; tries -= 1) {
    if (await store.replace([edit(await store.read())])) return;
  }
  throw new Error(
    `${store.name} is being edited by another program, so nothing is written into it.`,
  );
}
