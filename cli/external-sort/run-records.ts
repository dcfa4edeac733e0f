/**
 * The bytes of an entry while it is sorted: two lengths, its key, its text. Entries are bytes, because a million long-lived
 * strings make V8's heap grow far beyond the memory in use.
 */

/** Sorted by key, then by text. */
export type Entry = { readonly key: string; readonly text: string };

const HEADER_BYTES = 8;

export function sizeOf({ key, text }: Entry): number {
  return HEADER_BYTES + Buffer.byteLength(key) + Buffer.byteLength(text);
}

/** Writes an entry at this place. Returns the place after it. */
export function writeRecord(bytes: Buffer, at: number, { key, text }: Entry): number {
  const keyBytes = bytes.write(key, at + HEADER_BYTES);
  const textBytes = bytes.write(text, at + HEADER_BYTES + keyBytes);
  bytes.writeUInt32LE(keyBytes, at);
  bytes.writeUInt32LE(textBytes, at + 4);
  return at + HEADER_BYTES + keyBytes + textBytes;
}

/** The place after the record at this one; beyond `end` if its lengths are not read yet. */
export function endOf(bytes: Buffer, at: number, end: number): number {
  if (at + HEADER_BYTES > end) return at + HEADER_BYTES;
  return at + HEADER_BYTES + bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4);
}

/** These records as entries again, one at a time. */
export function* listEntries(bytes: Buffer): Generator<Entry> {
  for (let at = 0; at < bytes.length; ) {
    const [keyStart, keyEnd] = findPart({ bytes, at }, 'key');
    const [start, end] = findPart({ bytes, at }, 'text');
    yield {
      key: bytes.toString('utf8', keyStart, keyEnd),
      text: bytes.toString('utf8', start, end),
    };
    at = end;
  }
}

/**
 * Joins the texts of these records with `between`. They move within the same buffer, so `between` must not be longer than a
 * header.
 */
export function joinTexts(
  bytes: Buffer,
  { between, isFirst }: { readonly between: string; readonly isFirst: boolean },
): { readonly text: Buffer; readonly count: number } {
  let used = 0;
  let count = 0;
  for (let at = 0; at < bytes.length; count += 1) {
    const [start, end] = findPart({ bytes, at }, 'text');
    if (count > 0 || !isFirst) used += bytes.write(between, used);
    bytes.copyWithin(used, start, end);
    used += end - start;
    at = end;
  }
  return { text: bytes.subarray(0, used), count };
}

/** Where a record stands. */
export type Place = { readonly bytes: Buffer; readonly at: number };

/**
 * Orders by the UTF-8 bytes of the key; for IDs, which are ASCII, by character. Rows with the same key are ordered by the bytes
 * of the text, so that the order of reading does not matter.
 */
export function compareRecords(one: Place, other: Place): number {
  return comparePart(one, other, 'key') || comparePart(one, other, 'text');
}

function comparePart(one: Place, other: Place, part: 'key' | 'text'): number {
  const [start, end] = findPart(one, part);
  const [otherStart, otherEnd] = findPart(other, part);
  return one.bytes.compare(other.bytes, otherStart, otherEnd, start, end);
}

function findPart({ at, bytes }: Place, part: 'key' | 'text'): readonly [number, number] {
  const text = at + HEADER_BYTES + bytes.readUInt32LE(at);
  return part === 'key' ? [at + HEADER_BYTES, text] : [text, text + bytes.readUInt32LE(at + 4)];
}
