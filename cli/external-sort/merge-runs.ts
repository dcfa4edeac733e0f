import { compareRecords, endOf, type Place } from './run-records.ts';

/** A position in a sorted sequence of records. */
export type Cursor = Place & {
  /** Moves to the next record; false at the end. Returns a promise only if it must read. */
  readonly next: () => boolean | Promise<boolean>;
};

/** Size of a block; its last record can exceed it. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Merges sorted sequences into one, as blocks of whole records. The next block overwrites the last one. Each cursor must be
 * before its first record.
 */
export async function* mergeRuns(cursors: readonly Cursor[]): AsyncGenerator<Buffer> {
  const open: Cursor[] = [];
  for (const cursor of cursors) if (await cursor.next()) insert(open, cursor);
  let block: Buffer = Buffer.allocUnsafe(2 * BLOCK_BYTES);
  let used = 0;
  for (let first = open.shift(); first !== undefined; first = open.shift()) {
    const end = endOf(first.bytes, first.at, first.bytes.length);
    block = grow(block, { used, wanted: used + end - first.at });
    used += first.bytes.copy(block, used, first.at, end);
    const next = first.next();
    // Awaited only when a file is read: once a buffer, not once a row.
    if (typeof next === 'boolean' ? next : await next) insert(open, first);
    if (used < BLOCK_BYTES) continue;
    yield block.subarray(0, used);
    used = 0;
  }
  if (used > 0) yield block.subarray(0, used);
}

/** Grows the buffer to this many bytes, keeping the used part. */
export function grow(
  bytes: Buffer,
  { used, wanted }: { readonly used: number; readonly wanted: number },
): Buffer {
  if (wanted <= bytes.length) return bytes;
  const larger = Buffer.allocUnsafe(Math.max(wanted, 2 * bytes.length));
  bytes.copy(larger, 0, 0, used);
  return larger;
}

/** Inserts a cursor among sorted ones. */
function insert(cursors: Cursor[], cursor: Cursor): void {
  let low = 0;
  let high = cursors.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const other = cursors[middle];
    if (other !== undefined && compareRecords(other, cursor) <= 0) low = middle + 1;
    else high = middle;
  }
  cursors.splice(low, 0, cursor);
}
