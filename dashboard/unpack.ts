import type { DashboardData, DashboardItem, DashboardPlays } from './data.ts';
import { FORMAT, type PackedItems, type PackedRest } from './packed.ts';

/**
 * What `packDashboard` has packed. Runs in a browser, and in Node.
 *
 * @throws Error for a text that another version of this program has packed
 */
export async function unpackDashboard(text: string): Promise<DashboardData> {
  const bytes = await gunzip(fromBase64(text));
  const reader = new Varints(bytes);
  const json: unknown = JSON.parse(new TextDecoder().decode(reader.takeBytes(reader.take())));
  if (!isOfThisFormat(json)) throw new Error('The data is of another version of this program.');
  const { format: _, items, plays, texts, ...rest } = json;
  const size = { items: items.uri.length, plays };
  return { ...rest, items: unpackItems(items, texts), plays: unpackPlays(reader, size) };
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  const characters = atob(text);
  const bytes = new Uint8Array(characters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = characters.charCodeAt(at);
  return bytes;
}

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Without a look at each part: it is our own, and there can be a hundred thousand. */
function isOfThisFormat(json: unknown): json is PackedRest {
  return typeof json === 'object' && json !== null && 'format' in json && json.format === FORMAT;
}

function unpackItems(columns: PackedItems, texts: readonly string[]): DashboardItem[] {
  const leftOut = new Set(columns.leftOut);
  const textAt = (numbers: readonly number[], at: number): string => texts[numbers[at] ?? 0] ?? '';
  return columns.uri.map((uri, at) => ({
    uri,
    kind: columns.kind[at] ?? 'unknown',
    name: columns.name[at] ?? '',
    artist: textAt(columns.artist, at),
    parent: textAt(columns.parent, at),
    parentArtist: textAt(columns.parentArtist, at),
    durationMs: columns.durationMs[at] ?? undefined,
    countedAs: columns.countedAs[at] ?? at,
    isLeftOut: leftOut.has(at),
  }));
}

type Size = Readonly<Record<'items' | 'plays', number>>;

function unpackPlays(reader: Varints, { items, plays: length }: Size): DashboardPlays {
  const endedAtMs = new Float64Array(length);
  const item = new Uint32Array(length);
  const heardMs = new Int32Array(length);
  for (let at = 0; at < length; at += 1) item[at] = reader.take();
  const before = new Int32Array(items);
  for (let at = 0; at < length; at += 1) {
    const song = item[at] ?? 0;
    const heard = (before[song] ?? 0) + toSigned(reader.take());
    before[song] = heard;
    heardMs[at] = heard;
  }
  let second = 0;
  for (let at = 0; at < length; at += 1) {
    second += toSigned(reader.take()) + Math.floor((heardMs[at] ?? 0) / 1000);
    endedAtMs[at] = second * 1000;
  }
  for (let at = 0; at < length; at += 1) endedAtMs[at] = (endedAtMs[at] ?? 0) + reader.take();
  return { length, endedAtMs, item, heardMs, flags: reader.takeBytes(length) };
}

/** Odd numbers stand for negative ones. */
const toSigned = (number: number): number => (number % 2 === 0 ? number / 2 : -(number + 1) / 2);

class Varints {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(): number {
    let [number, scale] = [0, 1];
    for (;;) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      number += (byte & 0x7f) * scale;
      if (byte < 0x80) return number;
      scale *= 0x80;
    }
  }

  takeBytes(length: number): Uint8Array {
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }
}
