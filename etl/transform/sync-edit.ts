/** A list made out of another by adding, moving and removing, in this order. Pure. */
import {
  type ListEntry,
  MAX_LIST_ITEMS,
  MAX_WRITE_ITEMS,
  type MovedBlock,
  type SyncStage,
} from '../model/sync.ts';
import type { Token } from '../model/sync-writes.ts';
import { findBlocks } from './sync-blocks.ts';
import { Draft } from './sync-draft.ts';
import { type Placed, toChunks } from './sync-entries.ts';

export type Edit = {
  /** Writes. */
  readonly calls: number;
  readonly moves: readonly MovedBlock[];
  readonly hasMoves: boolean;
  readonly toStages: () => SyncStage[];
};

/** Where new items go: behind the item that is at `after` now, -1 for the start. */
type Run = { readonly after: number; readonly tokens: Token[] };

type Parts = {
  readonly start: readonly Token[];
  readonly runs: readonly Run[];
  /** Ranks that must move, in blocks that move together. */
  readonly blocks: readonly (readonly number[])[];
  /** Keys to remove, every copy. */
  readonly removed: readonly string[];
  /** Keys of which some copies stay: all are removed, and those that stay are added again. */
  readonly owed: ReadonlyMap<string, readonly (readonly Token[])[]>;
};

export function planEdit(
  target: readonly ListEntry[],
  placed: readonly Placed[],
  { isNewestFirst }: { readonly isNewestFirst: boolean },
): Edit {
  const parts = findParts(target, placed);
  const sizes = [...parts.runs.map(({ tokens }) => tokens.length), parts.removed.length];
  const adding = sizes.reduce((sum, size) => sum + Math.ceil(size / MAX_WRITE_ITEMS), 0);
  const owing = [...parts.owed.values()].reduce((sum, runs) => sum + 2 + runs.length, 0);
  return {
    calls: adding + parts.blocks.length + owing,
    moves: parts.blocks.flatMap((block) => toMovedBlock(block, placed)),
    hasMoves: parts.blocks.length > 0,
    toStages: () => toStages(parts, isNewestFirst),
  };
}

function findParts(target: readonly ListEntry[], placed: readonly Placed[]): Parts {
  const kept = new Map(
    placed.flatMap(({ from }, rank) => (from === undefined ? [] : [[from, rank]])),
  );
  const gone = target.flatMap(({ uri }, at) => (kept.has(at) || uri === undefined ? [] : [uri]));
  const goneKeys = new Set(gone);
  const owedKeys = new Set(
    placed.flatMap(({ entry: { uri = '' }, from }) =>
      from !== undefined && goneKeys.has(uri) ? [uri] : [],
    ),
  );
  const isOwed = ({ uri = '' }: ListEntry): boolean => owedKeys.has(uri);
  const start = target.map(
    (entry, at): Token => (isOwed(entry) ? { entry } : { entry, rank: kept.get(at) }),
  );
  const runs = findRuns(placed, isOwed);
  return {
    start,
    runs,
    blocks: findBlocks(withRuns(start, runs)),
    removed: [...goneKeys].filter((uri) => !owedKeys.has(uri)),
    owed: findOwed(placed, owedKeys),
  };
}

function findRuns(placed: readonly Placed[], isOwed: (entry: ListEntry) => boolean): Run[] {
  const runs = new Map<number, Run>();
  let after = -1;
  for (const [rank, { entry, from }] of placed.entries()) {
    if (isOwed(entry)) continue;
    if (from !== undefined) after = from;
    else {
      const run = runs.get(after) ?? { after, tokens: [] };
      run.tokens.push({ entry, rank });
      runs.set(after, run);
    }
  }
  return [...runs.values()].sort((one, other) => one.after - other.after);
}

function withRuns(start: readonly Token[], runs: readonly Run[]): Token[] {
  const after = new Map(runs.map((run) => [run.after, run.tokens]));
  return [
    ...(after.get(-1) ?? []),
    ...start.flatMap((token, at) => [token, ...(after.get(at) ?? [])]),
  ];
}

/** Copies that stand next to each other are added in one call. */
function findOwed(placed: readonly Placed[], keys: ReadonlySet<string>): Parts['owed'] {
  const owed = new Map<string, Token[][]>();
  for (const [rank, { entry }] of placed.entries()) {
    const { uri = '' } = entry;
    if (!keys.has(uri)) continue;
    const runs = owed.get(uri) ?? [];
    const last = runs.at(-1) ?? [];
    const isNext = last.at(-1)?.rank === rank - 1 && last.length < MAX_WRITE_ITEMS;
    if (isNext) last.push({ entry, rank });
    else runs.push([{ entry, rank }]);
    owed.set(uri, runs);
  }
  return owed;
}

function toMovedBlock(block: readonly number[], placed: readonly Placed[]): MovedBlock[] {
  const moved = block.flatMap((rank) => {
    const { entry, from } = placed[rank] ?? {};
    return entry === undefined || from === undefined ? [] : [{ entry, from, rank }];
  });
  const [first] = moved;
  if (first === undefined) return [];
  return [{ from: first.from, to: first.rank, items: moved.map(({ entry }) => entry) }];
}

/** A crash leaves too much, never too little; only what would be too long for Spotify meanwhile has room made first. */
function toStages(parts: Parts, isNewestFirst: boolean): SyncStage[] {
  const draft = new Draft(parts.start);
  const added = parts.runs.reduce((sum, { tokens }) => sum + tokens.length, 0);
  const order = [arrangeAll, removeAll, payAll];
  const longest = parts.start.length + added + Math.min(1, parts.owed.size);
  if (longest > MAX_LIST_ITEMS) order.push(...order.splice(0, 1));
  const stages = order.flatMap((make) => make(draft, parts, isNewestFirst));
  return stages.filter(({ steps }) => steps.length > 0);
}

function arrangeAll(draft: Draft, { blocks, runs }: Parts, isNewestFirst: boolean): SyncStage[] {
  for (const { tokens } of runs) {
    const chunks = toChunks(tokens);
    for (const chunk of isNewestFirst ? chunks.reverse() : chunks) {
      if (isNewestFirst) draft.make({ kind: 'add', uris: toUris(chunk), position: 0 }, chunk);
      else add(draft, chunk);
    }
  }
  for (const block of blocks) move(draft, block);
  return [draft.endStage()];
}

function removeAll(draft: Draft, { removed }: Parts): SyncStage[] {
  return toChunks(removed).map((uris) => {
    draft.make({ kind: 'remove', uris });
    return draft.endStage();
  });
}

/** One copy more is added first: what Spotify does not add again is not removed. */
function payAll(draft: Draft, { owed }: Parts): SyncStage[] {
  return [...owed].map(([uri, runs]) => {
    draft.make({ kind: 'add', uris: [uri] });
    draft.make({ kind: 'remove', uris: [uri] });
    for (const run of runs) add(draft, run);
    return draft.endStage();
  });
}

function add(draft: Draft, tokens: readonly Token[]): void {
  const position = 1 + findBefore(draft, tokens[0]?.rank ?? 0);
  const isAtEnd = position === draft.items.length;
  const write = { kind: 'add' as const, uris: toUris(tokens) };
  draft.make(isAtEnd ? write : { ...write, position }, tokens);
}

const toUris = (tokens: readonly Token[]): string[] => tokens.map(({ entry }) => entry.uri ?? '');

function move(draft: Draft, block: readonly number[]): void {
  const [first = 0] = block;
  const start = draft.items.findIndex(({ rank }) => rank === first);
  const before = 1 + findBefore(draft, first);
  // Others that have moved meanwhile can have brought it to its place.
  if (before === start) return;
  draft.make({ kind: 'move', start, length: block.length, before });
}

/** Where the item is that comes before this rank in the wanted list, of those that are there; -1 for none. */
function findBefore(draft: Draft, rank: number): number {
  let found = -1;
  let best = -1;
  for (const [at, token] of draft.items.entries()) {
    if (token.rank !== undefined && token.rank < rank && token.rank > best) {
      found = at;
      best = token.rank;
    }
  }
  return found;
}
