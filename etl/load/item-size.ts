/** The largest item DynamoDB stores, in bytes. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * The size of an item in bytes as DynamoDB counts it: names and texts as UTF-8, one byte for a boolean, three for a list
 * or map and one more for each member, and numbers as `numberBytes` says (AWS: "DynamoDB item sizes and formats").
 */
export function itemSizeBytes(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce(
    (size, [name, value]) => size + utf8Bytes(name) + valueSizeBytes(value),
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

const CONTAINER_BYTES = 3;
const MEMBER_BYTES = 1;

function valueSizeBytes(value: unknown): number {
  if (typeof value === 'string') return utf8Bytes(value);
  if (typeof value === 'number' || typeof value === 'bigint') return numberBytes(String(value));
  if (Array.isArray(value)) {
    return value.reduce<number>(
      (size, member) => size + MEMBER_BYTES + valueSizeBytes(member),
      CONTAINER_BYTES,
    );
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).reduce(
      (size, [name, member]) => size + MEMBER_BYTES + utf8Bytes(name) + valueSizeBytes(member),
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

/** No encoder: the stage uses no package and no platform API. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) bytes += utf8Width(character.codePointAt(0) ?? 0);
  return bytes;
}

function utf8Width(codePoint: number): number {
  if (codePoint < 0x80) return 1;
  if (codePoint < 0x800) return 2;
  return codePoint < 0x10000 ? 3 : 4;
}
