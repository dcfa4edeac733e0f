/** The largest item DynamoDB stores, in bytes. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * The size of an item in bytes as DynamoDB counts it: names and texts as UTF-8, one byte for a boolean, three for a list
 * or map and one more for each member, about one for every two digits of a number
 * (AWS: "DynamoDB item sizes and formats").
 */
export function itemSizeBytes(item: Readonly<Record<string, unknown>>): number {
  return Object.entries(item).reduce(
    (size, [name, value]) => size + utf8Bytes(name) + valueSizeBytes(value),
    0,
  );
}

const CONTAINER_BYTES = 3;
const MEMBER_BYTES = 1;

function valueSizeBytes(value: unknown): number {
  if (typeof value === 'string') return utf8Bytes(value);
  if (typeof value === 'number') return numberBytes(value);
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

function numberBytes(value: number): number {
  const significant = Math.abs(value)
    .toString()
    .replace(/^0*\.?0*|\.|0+$/g, '');
  return Math.ceil(significant.length / 2) + (value < 0 ? 2 : 1);
}

/** Without an encoder: the stage uses no package and no built-in of a platform. */
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
