/** A stored value as JSON can have it: sets as sorted lists, bytes as base 64, large numbers as digits, keys in order. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Set) return [...value].map(toPlain).sort(byText);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    toPlain(member),
  ]);
  return Object.fromEntries(entries.sort(([one], [other]) => compareText(one, other)));
}

/** Orders by UTF-16 code unit, like `<`; for IDs, which are ASCII, the same as by byte. */
function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

function byText(one: unknown, other: unknown): number {
  return compareText(JSON.stringify(one), JSON.stringify(other));
}
