/** The rows of `syncs.csv` as pairs, or what is wrong with them. */
import { LIKED_SONGS, playlistRefSchema } from '../etl/model/ids.ts';
import {
  PAIR_COLUMNS,
  type PairCells,
  type PairColumn,
  SYNC_MODES,
  type SyncMode,
} from '../etl/model/sync.ts';
import { UsageError } from '../lib/usage-error.ts';
import type { SyncPair, SyncPorts } from './sync.ts';

export const APPLIES = ['ask', 'auto'] as const;

/** A row of the file. */
export type PairRow = PairCells & { readonly line: number };

export type ListedPair = SyncPair & {
  readonly isAuto: boolean;
  readonly maxRemovals: number | undefined;
};

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
  rows: readonly PairRow[],
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
  rows: readonly PairRow[],
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

type All = { readonly rows: readonly PairRow[]; readonly created: Created };

/** What is wrong with each cell, in the order in which they are looked at. */
const CELL_FAULTS: Readonly<Record<PairColumn, (row: PairRow, all: All) => string | undefined>> = {
  name: ({ name }, { rows }) => {
    if (name === '') return 'the name is missing.';
    const isTwice = rows.filter((other) => other.name === name).length > 1;
    return isTwice ? `the name ${name} appears twice.` : undefined;
  },
  source: ({ mode, source }) => {
    const refs = toRefs(source);
    if (mode === 'inbox' && (refs.length > 1 || refs.includes(LIKED_SONGS))) {
      return 'an inbox is one playlist of your own.';
    }
    const ids = refs.map((ref) => toId(ref) ?? ref);
    if (new Set(ids).size < ids.length) return 'the source names one list twice.';
    const wrong = [...refs, ...(refs.length === 0 ? [''] : [])].find(
      (ref) => toId(ref) === undefined,
    );
    if (wrong === undefined) return undefined;
    const { error } = playlistRefSchema.safeParse(wrong);
    return `the source does not name a playlist. ${error?.issues[0]?.message} Or ${LIKED_SONGS}.`;
  },
  target: (row, { created }) => {
    const target = toTarget(row);
    if (typeof target === 'object' && 'fault' in target) return target.fault;
    const isSame = toRefs(row.source).some((ref) => toId(ref) === toKey(row, created));
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
export type SomeCells = Partial<Readonly<Record<PairColumn, string | undefined>>>;

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
export function findNewFault(cells: SomeCells, others: readonly PairRow[]): string | undefined {
  const row = { ...completeCells(cells), line: 0 };
  const all = { rows: [...others, row], created: new Map<string, string>() };
  if (others.some(({ name }) => name === row.name)) return `There is a pair ${row.name} already.`;
  const given = PAIR_COLUMNS.filter((column) => cells[column] !== undefined);
  const fault = given.map((column) => CELL_FAULTS[column](row, all)).find(Boolean);
  if (fault !== undefined) return `${fault.charAt(0).toUpperCase()}${fault.slice(1)}`;
  return cells.target === undefined ? undefined : findConflict(row, all);
}

/** A pair, or what is wrong. */
function toPair(row: PairRow, all: All): ListedPair | string {
  const fault = PAIR_COLUMNS.map((column) => CELL_FAULTS[column](row, all)).find(Boolean);
  if (fault !== undefined) return fault;
  const { apply, max_removals, name } = row;
  const target = toTarget(row);
  const mode = toMode(row) ?? 'append';
  const sources = toRefs(row.source).flatMap((ref) => toId(ref) ?? []);
  if (typeof target === 'object' && 'fault' in target) return target.fault;
  const maxRemovals = max_removals === '' ? undefined : Number(max_removals);
  return { name, mode, sources, target, isAuto: apply === 'auto', maxRemovals };
}

const toRefs = (source: string): string[] => source.split(/\s+/).filter((ref) => ref !== '');

const toId = (ref: string): string | undefined =>
  ref === LIKED_SONGS ? ref : playlistRefSchema.safeParse(ref).data;

const toMode = ({ mode }: PairRow): SyncMode | undefined =>
  SYNC_MODES.find((each) => each === (mode === '' ? 'append' : mode));

function toTarget({
  mode,
  name,
  target,
}: PairRow): ListedPair['target'] | { readonly fault: string } {
  if (mode === 'dated') return toDated(name, target);
  const newName = NEW.exec(target)?.[1]?.trim();
  if (newName === '') return { fault: 'the target is new: without a name.' };
  if (newName !== undefined) return { key: `new:${newName}`, name: newName };
  const parsed = playlistRefSchema.safeParse(target);
  if (parsed.success) return parsed.data;
  return {
    fault: `the target does not name a playlist. ${parsed.error.issues[0]?.message} Or new:<name>.`,
  };
}

/** New lists each week, which are called like `new:<name>`, or like the pair. */
function toDated(pair: string, target: string): ListedPair['target'] | { readonly fault: string } {
  const newName = target === '' ? pair : NEW.exec(target)?.[1]?.trim();
  if (newName) return { key: `dated:${pair}`, name: newName };
  return { fault: 'a dated pair makes a list each week: its target is new:<name>, or empty.' };
}

/** The same for every way to write one target. */
function toKey(row: PairRow, created: Created = new Map()): string {
  const target = toTarget(row);
  if (typeof target === 'string') return target;
  return 'fault' in target ? row.target : (created.get(target.key) ?? target.key);
}

/** Two pairs write one list only if both append, and an inbox is read by one pair alone. */
function findConflict(row: PairRow, { created, rows }: All): string | undefined {
  const others = rows.filter(({ name }) => name !== row.name);
  const key = toKey(row, created);
  const rival = others.find(
    (each) => toKey(each, created) === key && !(isAppending(each) && isAppending(row)),
  );
  if (rival !== undefined) {
    return `It writes to the same target as ${rival.name}: that is possible only if both append.`;
  }
  const sharing = others.find((each) => sharesInbox(row, each, created));
  return (
    sharing &&
    `It shares an inbox with ${sharing.name}: what one of them takes out the other misses.`
  );
}

const isAppending = (row: PairRow): boolean =>
  toMode(row)?.startsWith('append') === true || toMode(row) === 'inbox';

/** Whether one of them empties what the other reads, or fills again and again. */
function sharesInbox(one: PairRow, other: PairRow, created: Created): boolean {
  const empties = (row: PairRow, each: PairRow): boolean => {
    if (toMode(row) !== 'inbox') return false;
    const isOnce = ['append-once', 'inbox'].includes(toMode(each) ?? '');
    const touched = [...toRefs(each.source).map(toId), ...(isOnce ? [] : [toKey(each, created)])];
    return toRefs(row.source).some((ref) => touched.includes(toId(ref)));
  };
  return empties(one, other) || empties(other, one);
}
