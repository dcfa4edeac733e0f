import { compareText } from './cells.ts';

/** A row on its way into a file: its key, and one line of text. */
export type Entry = { readonly key: string; readonly line: string };

const BATCH = 500;

/** By key; by text where two rows have the same key, so that their order does not depend on which came first. */
export function compareEntries(one: Entry, other: Entry): number {
  return compareText(one.key, other.key) || compareText(one.line, other.line);
}

type Cursor = {
  readonly batches: AsyncIterator<readonly Entry[]>;
  batch: readonly Entry[];
  at: number;
  head: Entry;
};

/** Merges sorted sequences into one, holding one batch of each. */
export async function* mergeSorted(
  sequences: readonly AsyncIterable<readonly Entry[]>[],
): AsyncGenerator<readonly Entry[]> {
  const iterators = sequences.map((sequence) => sequence[Symbol.asyncIterator]());
  try {
    yield* mergeIterators(iterators);
  } finally {
    // A merge that is given up closes the files it reads.
    for (const iterator of iterators) await iterator.return?.();
  }
}

async function* mergeIterators(
  iterators: readonly AsyncIterator<readonly Entry[]>[],
): AsyncGenerator<readonly Entry[]> {
  const cursors: Cursor[] = [];
  for (const iterator of iterators) {
    const cursor = await open(iterator);
    if (cursor !== undefined) insert(cursors, cursor);
  }
  let merged: Entry[] = [];
  for (let first = cursors.shift(); first !== undefined; first = cursors.shift()) {
    merged.push(first.head);
    const advanced = advance(first);
    // Awaited only where a file is read: once a batch, not once a row.
    const cursor = advanced instanceof Promise ? await advanced : advanced;
    if (cursor !== undefined) insert(cursors, cursor);
    if (merged.length < BATCH) continue;
    yield merged;
    merged = [];
  }
  if (merged.length > 0) yield merged;
}

/** At the entry after its head; none where that was the last. */
function advance(cursor: Cursor): Cursor | Promise<Cursor | undefined> {
  cursor.at += 1;
  const next = cursor.batch[cursor.at];
  if (next === undefined) return open(cursor.batches);
  cursor.head = next;
  return cursor;
}

/** At the first entry of the next batch that has one. */
async function open(batches: Cursor['batches']): Promise<Cursor | undefined> {
  for (let next = await batches.next(); next.done !== true; next = await batches.next()) {
    const [head] = next.value;
    if (head !== undefined) return { batches, batch: next.value, at: 0, head };
  }
  return undefined;
}

/** Puts a cursor in its place among sorted ones. */
function insert(cursors: Cursor[], cursor: Cursor): void {
  let low = 0;
  let high = cursors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = cursors[middle];
    if (other !== undefined && compareEntries(other.head, cursor.head) <= 0) low = middle + 1;
    else high = middle;
  }
  cursors.splice(low, 0, cursor);
}
