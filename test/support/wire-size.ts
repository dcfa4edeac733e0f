/** Sizes of items as they go over DynamoDB's wire, for what calls cost. */
import { numberBytes } from '../../stores/dynamodb/item-size.ts';

/** A value in DynamoDB's own JSON: `{ "S": "text" }`. */
export type WireValue = Readonly<Record<string, unknown>>;
export type WireItem = Readonly<Record<string, WireValue>>;

const CONTAINER_BYTES = 3;

/** AWS: "DynamoDB item sizes and formats". */
export function wireItemBytes(item: WireItem): number {
  return Object.entries(item).reduce(
    (bytes, [name, value]) => bytes + Buffer.byteLength(name) + wireValueBytes(value),
    0,
  );
}

function wireValueBytes(value: WireValue): number {
  if (typeof value.S === 'string') return Buffer.byteLength(value.S);
  if (typeof value.N === 'string') return numberBytes(value.N);
  if (Array.isArray(value.L)) {
    return (value.L as WireValue[]).reduce(
      (bytes, member) => bytes + 1 + wireValueBytes(member),
      CONTAINER_BYTES,
    );
  }
  if (value.M !== undefined) {
    const members = value.M as WireItem;
    return CONTAINER_BYTES + Object.keys(members).length + wireItemBytes(members);
  }
  return 1;
}
