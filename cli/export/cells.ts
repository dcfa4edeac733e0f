/** A value as JSON would have it, keys of maps in code unit order: equal values give equal text. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(toPlain(value));
}

/** A cell of a CSV file: text as it is, all else as JSON; nothing for what is absent. */
export function toCell(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return typeof value === 'string' ? value : toJsonText(value);
}

/** What JSON lacks becomes what comes closest: sets as sorted lists, bytes as base 64, large numbers by their digits. */
function toPlain(value: unknown): unknown {
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

/** By UTF-16 code unit, as `<` does; of ASCII, which IDs are, the same as by byte. */
function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function byText(one: unknown, other: unknown): number {
  return compareText(JSON.stringify(one), JSON.stringify(other));
}
