import { gzipSync } from 'node:zlib';
import type { DashboardData, DashboardItem, DashboardPlays } from './data.ts';
import { FORMAT, type PackedItems, type PackedRest } from './packed.ts';

/** A library as a text for a page: 235,000 plays are about 2 MB. `unpackDashboard` reads it. */
export function packDashboard({ items, plays, ...rest }: DashboardData): string {
  const texts = new Texts();
  const packed: PackedRest = {
    ...rest,
    format: FORMAT,
    items: packItems(items, texts),
    texts: texts.all,
    plays: plays.length,
  };
  const json = Buffer.from(JSON.stringify(packed));
  const binary = Buffer.concat([toVarints([json.length]), json, ...packPlays(plays)]);
  return gzipSync(binary, { level: 9 }).toString('base64');
}

class Texts {
  readonly #numbers = new Map<string, number>();

  get all(): string[] {
    return [...this.#numbers.keys()];
  }

  add(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size;
    this.#numbers.set(text, number);
    return number;
  }
}

function packItems(items: readonly DashboardItem[], texts: Texts): PackedItems {
  return {
    uri: items.map(({ uri }) => uri),
    kind: items.map(({ kind }) => kind),
    name: items.map(({ name }) => name),
    artist: items.map(({ artist }) => texts.add(artist)),
    parent: items.map(({ parent }) => texts.add(parent)),
    parentArtist: items.map(({ parentArtist }) => texts.add(parentArtist)),
    durationMs: items.map(({ durationMs = null }) => durationMs),
    countedAs: items.map(({ countedAs }) => countedAs),
    leftOut: items.flatMap(({ isLeftOut }, at) => (isLeftOut ? [at] : [])),
  };
}

/** In columns, as gzip finds more in what is alike. */
function packPlays({ endedAtMs, flags, heardMs, item }: DashboardPlays): Uint8Array[] {
  const seconds = endedAtMs.map((ms) => Math.floor(ms / 1000));
  // Mostly the next song begins at once.
  const pauses = seconds.map(
    (second, at) => second - (seconds[at - 1] ?? 0) - Math.floor((heardMs[at] ?? 0) / 1000),
  );
  return [
    toVarints(item),
    toVarints(toChanges(heardMs, item).map(toUnsigned)),
    toVarints(pauses.map(toUnsigned)),
    // An export has whole seconds.
    toVarints(endedAtMs.map((ms) => ms % 1000)),
    flags,
  ];
}

/** A song is often heard for as long as the time before. */
function toChanges(heardMs: Int32Array, item: Uint32Array): Float64Array {
  const before = new Map<number, number>();
  return Float64Array.from(heardMs, (heard, at) => {
    const song = item[at] ?? 0;
    const change = heard - (before.get(song) ?? 0);
    before.set(song, heard);
    return change;
  });
}

/** Odd numbers stand for negative ones. */
const toUnsigned = (number: number): number => (number < 0 ? -2 * number - 1 : 2 * number);

/** Of the largest whole number. */
const MAX_BYTES = 8;

/** Seven bits a byte, the lowest first; the eighth says that there are more. */
function toVarints(numbers: ArrayLike<number> & Iterable<number>): Uint8Array {
  const bytes = new Uint8Array(numbers.length * MAX_BYTES);
  let end = 0;
  for (let number of numbers) {
    for (; number >= 0x80; number = Math.floor(number / 0x80)) {
      bytes[end] = (number % 0x80) | 0x80;
      end += 1;
    }
    bytes[end] = number;
    end += 1;
  }
  return bytes.subarray(0, end);
}
