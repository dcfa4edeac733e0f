/**
 * What a call costs by AWS's own rules ("Capacity unit consumption"), counted from the rows themselves: engines on a laptop
 * get it wrong in ways of their own (docs/dynamodb-engines.md).
 */
import { type WireItem, wireItemBytes } from './wire-size.ts';

export type Units = { readonly read: number; readonly write: number };

/** What a call is about, as it goes over the wire; only what costs depend on. */
type WireInput = {
  readonly TableName?: string;
  readonly Key?: WireItem;
  readonly Item?: WireItem;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<
    Record<
      string,
      | readonly { readonly PutRequest: { readonly Item: WireItem } }[]
      | { readonly Keys: readonly WireItem[]; readonly ConsistentRead?: boolean }
    >
  >;
};

type RowRef = { readonly table: string; readonly key: WireItem };

/** Finds the present row of a key. */
export type FindRow = (row: RowRef) => Promise<WireItem | undefined>;

const READ_UNIT_BYTES = 4096;
const WRITE_UNIT_BYTES = 1024;

/** Starts to measure a call; after the call, the returned function gives its units. */
export async function measureCall(
  operation: string,
  input: WireInput,
  findRow: FindRow,
): Promise<() => Promise<Units>> {
  const reads = readsOf(operation, input);
  const writes = writesOf(operation, input);
  const rows = await Promise.all(
    reads.map(async (read) => ({ ...read, row: await findRow(read) })),
  );
  const before = await Promise.all(writes.map(findRow));
  return async () => {
    const after = await Promise.all(writes.map(findRow));
    const sizes = writes.map((_, index) => Math.max(bytesOf(before[index]), bytesOf(after[index])));
    return {
      read: sum(rows.map(({ factor, row }) => factor * units(bytesOf(row), READ_UNIT_BYTES))),
      write: sum(sizes.map((bytes) => units(bytes, WRITE_UNIT_BYTES))),
    };
  };
}

/** Every row is rounded up by itself; one that is not there costs as much as the smallest. */
function units(bytes: number, unitBytes: number): number {
  return Math.max(1, Math.ceil(bytes / unitBytes));
}

const factorOf = (isConsistent = false): number => (isConsistent ? 1 : 0.5);

function readsOf(
  operation: string,
  { ConsistentRead, Key, RequestItems = {}, TableName = '' }: WireInput,
): (RowRef & { readonly factor: number })[] {
  if (operation === 'GetItem' && Key !== undefined) {
    return [{ table: TableName, key: Key, factor: factorOf(ConsistentRead) }];
  }
  if (operation !== 'BatchGetItem') return [];
  return Object.entries(RequestItems).flatMap(([table, request]) =>
    'Keys' in request
      ? request.Keys.map((key) => ({ table, key, factor: factorOf(request.ConsistentRead) }))
      : [],
  );
}

function writesOf(
  operation: string,
  { Item, Key, RequestItems = {}, TableName = '' }: WireInput,
): RowRef[] {
  if (operation === 'UpdateItem' && Key !== undefined) return [{ table: TableName, key: Key }];
  if (operation === 'PutItem' && Item !== undefined) return [toRef(TableName, Item)];
  if (operation !== 'BatchWriteItem') return [];
  return Object.entries(RequestItems).flatMap(([table, request]) =>
    'Keys' in request ? [] : request.map(({ PutRequest }) => toRef(table, PutRequest.Item)),
  );
}

/** Tables are named after what their rows are, and their keys too. */
function toRef(table: string, item: WireItem): RowRef {
  const name = `${table.slice(table.lastIndexOf('-') + 1)}_id`;
  const value = item[name];
  if (value === undefined) throw new Error(`A row of ${table} has no ${name}`);
  return { table, key: { [name]: value } };
}

function bytesOf(row: WireItem | undefined): number {
  return row === undefined ? 0 : wireItemBytes(row);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
