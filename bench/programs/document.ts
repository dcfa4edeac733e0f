/** DynamoDB's typed values, as they go over the wire, by their type's name. */
const TYPES: Readonly<Record<string, (value: unknown) => unknown>> = {
  S: (value) => value,
  N: Number,
  BOOL: (value) => value,
  NULL: () => null,
  L: toDocument,
  M: toDocument,
};

/**
 * A request as the document client takes it, from the one that it made of it: `{ S: 'x' }` becomes `'x'`, and so on down.
 * No attribute and no table of ours is named like a type, so an object with one such key is a typed value.
 */
export function toDocument(wire: unknown): unknown {
  if (Array.isArray(wire)) return wire.map(toDocument);
  if (typeof wire !== 'object' || wire === null) return wire;
  const entries = Object.entries(wire);
  const [[name, value] = ['', undefined], ...others] = entries;
  const toValue = others.length === 0 ? TYPES[name] : undefined;
  return toValue === undefined
    ? Object.fromEntries(entries.map(([key, inner]) => [key, toDocument(inner)]))
    : toValue(value);
}
