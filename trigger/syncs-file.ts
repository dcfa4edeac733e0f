/** The file of pairs, `syncs.csv`: what to keep up with what, and what became of each. */
import { readFile, writeFile } from 'node:fs/promises';
import { PAIR_COLUMNS, type PairCells } from '../etl/model/sync.ts';
import { systemClock } from '../lib/system-clock.ts';
import { isSystemError } from '../lib/system-error.ts';
import { UsageError } from '../lib/usage-error.ts';
import { editStore, openFileStore, type PlaylistsStore } from './playlists-store.ts';
import { type FileForm } from './row-columns.ts';
import { parseRowFile, type RowFile } from './row-file.ts';

const RECORDED = ['last_run', 'response'] as const;

/** A row by its columns, in the order of the file. */
export type SyncRow = Readonly<Record<(typeof RECORDED)[number], string>> &
  PairCells & { readonly line: number };

export type Recorded = Partial<Pick<SyncRow, 'target' | 'last_run' | 'response'>>;

type Edit = (row: SyncRow) => Recorded | undefined;

const SYNCS: FileForm<SyncRow> = {
  key: 'name',
  needed: ['source', 'target'],
  optional: ['mode', 'apply', 'max_removals'],
  own: RECORDED,
  isLoose: true,
  hint: 'The first three are needed.',
  toRow: (cells, line) => {
    const of = (name: string): string => cells[name]?.trim() ?? '';
    return {
      line,
      ...{ name: of('name'), source: of('source'), target: of('target'), mode: of('mode') },
      ...{ apply: of('apply'), max_removals: of('max_removals') },
      ...{ last_run: of('last_run'), response: of('response') },
    };
  },
};

/** See `parseRowFile`. */
export function parseSyncs(source: Buffer, editRow?: Edit): RowFile<SyncRow> {
  return parseRowFile(source, SYNCS, { editRow });
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
  await editStore(store, (source) => {
    const edit: Edit = ({ name, target: written }) => {
      const found = recorded.get(name);
      if (found === undefined || written === targets.get(name)) return found;
      const { target: _target, ...others } = found;
      return others;
    };
    return parseSyncs(source, edit);
  });
}

/** Adds a row, and the file where there is none. */
export async function addToSyncs(file: string, added: PairCells): Promise<void> {
  const fresh = `${[...PAIR_COLUMNS, ...RECORDED].join()}\n`;
  await writeFile(file, fresh, { flag: 'wx' }).catch((error: unknown) => {
    if (!isSystemError(error, 'EEXIST')) throw error;
  });
  await editStore(await openSyncs(file), (source) => ({ chunks: appendRow(source, added) }));
}

/** @throws UsageError where a row has the name already */
export function appendRow(
  source: Buffer,
  added: Readonly<Record<string, string>>,
): readonly Uint8Array[] {
  const { chunks, rows } = parseRowFile(source, SYNCS, { added: [added] });
  if (!rows.some(({ name }) => name === added.name)) return chunks;
  throw new UsageError(`The file has a pair of the name ${added.name} already.`);
}

/** Where the file is. */
export type SyncsStore = Pick<PlaylistsStore, 'name' | 'read' | 'replace'>;

export function openSyncs(file: string): Promise<SyncsStore> {
  return openFileStore(file, systemClock);
}
