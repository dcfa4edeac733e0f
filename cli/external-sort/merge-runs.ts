import { compareRecords, endOf, type Place } from './run-records.ts';

/** A sorted sequence of records, at one of them. */
export type Cursor = Place & {
  /** Goes to the next; false where there is none. A promise only where something must be read. */
  readonly next: () => boolean | Promise<boolean>;
};

/** What is handed on at once; the last record of it may go beyond. */
const BLOCK_BYTES = 64 * 1024;

/**
 * Merges sorted sequences into one, as blocks of whole records. A block is overwritten by the one after it. Each cursor
 * stands before its first record.
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
    // Awaited only where a file is read: once a buffer, not once a row.
    if (typeof next === 'boolean' ? next : await next) insert(open, first);
    if (used < BLOCK_BYTES) continue;
    yield block.subarray(0, used);
    used = 0;
  }
  if (used > 0) yield block.subarray(0, used);
}

/** Room for so many bytes, what is in use kept. */
export function grow(
  bytes: Buffer,
  { used, wanted }: { readonly used: number; readonly wanted: number },
): Buffer {
  if (wanted <= bytes.length) return bytes;
  const larger = Buffer.allocUnsafe(Math.max(wanted, 2 * bytes.length));
  bytes.copy(larger, 0, 0, used);
  return larger;
}

/** Puts a cursor in its place among sorted ones. */
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
