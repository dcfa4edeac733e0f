import { EtlError } from '../../etl/errors.ts';
import type { PlaylistRecord } from '../../etl/model/records.ts';

/** The largest item DynamoDB stores, in bytes. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * The size of an item in bytes as DynamoDB counts it: names and texts as UTF-8, one byte for a boolean, three for a list
 * or map and one more for each member, and numbers as `numberBytes` says (AWS: "DynamoDB item sizes and formats").
 */
export function itemSizeBytes(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce(
    (size, [name, value]) => size + Buffer.byteLength(name) + valueSizeBytes(value),
    0,
  );
}

const UPDATE_BYTES = 3;
const SET_BYTES = 19;

/**
 * What DynamoDB counts for an update that sets these attributes (undocumented, in most regions): more than the item itself. It
 * can refuse an update although the item would fit.
 */
export function updateSizeBytes(attributes: Readonly<Record<string, unknown>>): number {
  return itemSizeBytes(attributes) + UPDATE_BYTES + SET_BYTES * Object.keys(attributes).length;
}

/** @throws EtlError `PLAYLIST_TOO_LARGE` where DynamoDB would refuse the playlist's row */
export function assertPlaylistFits(playlist: PlaylistRecord): void {
  // The row is written by an update, which counts for more than the row.
  const bytes = updateSizeBytes(playlist);
  if (bytes <= MAX_ITEM_BYTES) return;
  throw new EtlError(
    'PLAYLIST_TOO_LARGE',
    `The playlist's row would count ${bytes} bytes for ${playlist.playlist_num_items} items; DynamoDB stores at most ${MAX_ITEM_BYTES}. Split the playlist in two.`,
    { facts: { bytes, max_bytes: MAX_ITEM_BYTES, items: playlist.playlist_num_items } },
  );
}

const CONTAINER_BYTES = 3;
const MEMBER_BYTES = 1;

function valueSizeBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number' || typeof value === 'bigint') return numberBytes(String(value));
  if (Array.isArray(value)) {
    return value.reduce<number>(
      (size, member) => size + MEMBER_BYTES + valueSizeBytes(member),
      CONTAINER_BYTES,
    );
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).reduce(
      (size, [name, member]) =>
        size + MEMBER_BYTES + Buffer.byteLength(name) + valueSizeBytes(member),
      CONTAINER_BYTES,
    );
  }
  return 1;
}

/**
 * The size of a stored number, given as decimal text: one byte, plus one for every two digits and one for a minus. Digits pair up
 * from the decimal point, as 1|20|00 in 12000, and outer pairs of zeros take none. AWS calls its own rule approximate ("1 byte
 * per two significant digits"); this is what its engine does, and is never less.
 */
export function numberBytes(decimal: string): number {
  const [mantissa = '', exponent = '0'] = decimal.replace('-', '').split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return 1;
  // The power of ten of the first digit: if it is even, the digit is the second of its pair.
  const power = digits.length - 1 - fraction.length + Number(exponent);
  const halfPair = power % 2 === 0 ? 1 : 0;
  return 1 + Math.ceil((significant.length + halfPair) / 2) + (decimal.startsWith('-') ? 1 : 0);
}
