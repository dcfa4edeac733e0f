/** The rows of `syncs.csv` as pairs, or what is wrong with them. */
import type { SyncPair, SyncPorts } from '../../app/sync.ts';
import { playlistRefSchema } from '../../etl/model/ids.ts';
import { SYNC_MODES, type SyncMode } from '../../etl/model/sync.ts';
import { UsageError } from '../../lib/usage-error.ts';
import type { Named } from './report.ts';
import { GIVEN, type GivenColumn, type PairCells, type SyncRow } from './syncs-file.ts';

export const APPLIES = ['ask', 'auto'] as const;

export type ListedPair = SyncPair & {
  readonly isAuto: boolean;
  readonly maxRemovals: number | undefined;
};

/** For people. */
export const toNamed = ({ mode, name, target }: ListedPair): Named => ({
  name,
  mode,
  ...(typeof target === 'object' && { creates: target.name }),
});

export type PairFault = { readonly name: string; readonly message: string };

export type Pairs = {
  readonly pairs: readonly ListedPair[];
  readonly faults: readonly PairFault[];
};

const NEW = /^new:\s*(.*)$/s;

/** The IDs of the new lists that exist by now, by their keys. */
type Created = ReadonlyMap<string, string>;

export async function findCreated(
  { journal }: Pick<SyncPorts, 'journal'>,
  rows: readonly SyncRow[],
): Promise<Created> {
  const created = new Map<string, string>();
  for (const row of rows) {
    const key = toKey(row);
    const found = key.startsWith('new:') ? await journal.findCreation(key) : undefined;
    if (found?.targetId !== undefined) created.set(key, found.targetId);
  }
  return created;
}

/**
 * Those of these names, or all.
 *
 * @throws UsageError for a name that no row has
 */
export function toPairs(
  rows: readonly SyncRow[],
  names: readonly string[],
  created: Created = new Map(),
): Pairs {
  for (const name of names) {
    if (!rows.some((row) => row.name === name)) {
      throw new UsageError(`No row has the name ${name}. npx spotify-etl sync list shows them.`);
    }
  }
  const faults: PairFault[] = [];
  const pairs: ListedPair[] = [];
  for (const row of rows) {
    const found = toPair(row, { rows, created });
    const message =
      typeof found === 'string'
        ? `Line ${row.line}: ${found}`
        : findConflict(row, { rows, created });
    if (message !== undefined) faults.push({ name: row.name || `line ${row.line}`, message });
    else if (typeof found === 'object') pairs.push(found);
  }
  const isWanted = ({ name }: { readonly name: string }): boolean =>
    names.length === 0 || names.includes(name);
  return { pairs: pairs.filter(isWanted), faults: faults.filter(isWanted) };
}

type All = { readonly rows: readonly SyncRow[]; readonly created: Created };

/** What is wrong with each cell, in the order in which they are looked at. */
const CELL_FAULTS: Readonly<Record<GivenColumn, (row: SyncRow, all: All) => string | undefined>> = {
  name: ({ name }, { rows }) => {
    if (name === '') return 'the name is missing.';
    const isTwice = rows.filter((other) => other.name === name).length > 1;
    return isTwice ? `the name ${name} appears twice.` : undefined;
  },
  source: ({ source }) => {
    const { error } = playlistRefSchema.safeParse(source);
    return error && `the source does not name a playlist. ${error.issues[0]?.message}`;
  },
  target: (row, { created }) => {
    const target = toTarget(row.target);
    if (typeof target === 'object' && 'fault' in target) return target.fault;
    const isSame = toKey(row, created) === toId(row.source);
    return isSame ? 'the source is the target.' : undefined;
  },
  mode: (row) =>
    toMode(row) === undefined
      ? `the mode is ${row.mode}, and not one of ${SYNC_MODES.join(', ')}.`
      : undefined,
  apply: ({ apply }) =>
    apply === '' || APPLIES.some((each) => each === apply)
      ? undefined
      : `apply is ${apply}, and not one of ${APPLIES.join(', ')}.`,
  max_removals: ({ max_removals }) =>
    /^\d{0,5}$/.test(max_removals)
      ? undefined
      : `max_removals is ${max_removals}, and not a number.`,
};

/** Of a row that is not written yet. */
export type SomeCells = Partial<Readonly<Record<GivenColumn, string | undefined>>>;

export function completeCells(cells: SomeCells): PairCells {
  const { apply = 'ask', max_removals = '', mode = 'append', name = '' } = cells;
  return {
    name,
    source: cells.source ?? '',
    target: cells.target ?? '',
    mode,
    apply,
    max_removals,
  };
}

/** What is wrong with those of the cells that are there. */
export function findNewFault(cells: SomeCells, others: readonly SyncRow[]): string | undefined {
  const row = { ...completeCells(cells), line: 0, last_run: '', response: '' };
  const all = { rows: [...others, row], created: new Map<string, string>() };
  if (others.some(({ name }) => name === row.name)) return `There is a pair ${row.name} already.`;
  const given = GIVEN.filter((column) => cells[column] !== undefined);
  const fault = given.map((column) => CELL_FAULTS[column](row, all)).find(Boolean);
  if (fault !== undefined) return `${fault.charAt(0).toUpperCase()}${fault.slice(1)}`;
  return cells.target === undefined ? undefined : findConflict(row, all);
}

/** A pair, or what is wrong. */
function toPair(row: SyncRow, all: All): ListedPair | string {
  const fault = GIVEN.map((column) => CELL_FAULTS[column](row, all)).find(Boolean);
  if (fault !== undefined) return fault;
  const { apply, max_removals, name } = row;
  const target = toTarget(row.target);
  const [sourceId = '', mode = 'append'] = [toId(row.source), toMode(row)];
  if (typeof target === 'object' && 'fault' in target) return target.fault;
  const maxRemovals = max_removals === '' ? undefined : Number(max_removals);
  return { name, mode, sourceId, target, isAuto: apply === 'auto', maxRemovals };
}

const toId = (ref: string): string | undefined => playlistRefSchema.safeParse(ref).data;

const toMode = ({ mode }: SyncRow): SyncMode | undefined =>
  SYNC_MODES.find((each) => each === (mode === '' ? 'append' : mode));

function toTarget(target: string): ListedPair['target'] | { readonly fault: string } {
  const newName = NEW.exec(target)?.[1]?.trim();
  if (newName === '') return { fault: 'the target is new: without a name.' };
  if (newName !== undefined) return { key: `new:${newName}`, name: newName };
  const parsed = playlistRefSchema.safeParse(target);
  if (parsed.success) return parsed.data;
  return {
    fault: `the target does not name a playlist. ${parsed.error.issues[0]?.message} Or new:<name>.`,
  };
}

/** The same for every way to write one target. */
function toKey(row: SyncRow, created: Created = new Map()): string {
  const target = toTarget(row.target);
  if (typeof target === 'string') return target;
  return 'fault' in target ? row.target : (created.get(target.key) ?? target.key);
}

/** Two pairs write one list only if both append. */
function findConflict(row: SyncRow, { created, rows }: All): string | undefined {
  const key = toKey(row, created);
  const others = rows.filter(({ name }) => name !== row.name);
  const isAppending = (each: SyncRow): boolean => toMode(each)?.startsWith('append') === true;
  const other = others.find(
    (each) => toKey(each, created) === key && !(isAppending(each) && isAppending(row)),
  );
  return (
    other && `It writes to the same target as ${other.name}: that is possible only if both append.`
  );
}
