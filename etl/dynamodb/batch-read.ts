import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { CatalogueRow, RowKey } from '../load/sinks.ts';
import { TABLE_KEYS } from '../model/records.ts';
import { chunk, groupByTableName } from './batches.ts';
import { drain } from './drain.ts';
import { runAll } from './run-all.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import { mayPass, toTableError } from './table-errors.ts';
import { type TableNames, toCatalogueTable } from './table-names.ts';

/** DynamoDB's limit for one BatchGetItem. */
const MAX_KEYS_PER_CALL = 100;
const CALLS_IN_FLIGHT = 4;

const storedRowSchema = z.record(z.string(), z.unknown());

/**
 * The stored rows of these keys, several tables in one call. Reads are consistent: a row that a moment ago was written is
 * seen, so it is merged with and never replaced as if it were new.
 *
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE` where keys stay unprocessed
 */
export async function readRows(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { keys, limits }: { readonly keys: readonly RowKey[]; readonly limits: RunLimits },
): Promise<CatalogueRow[]> {
  const batches = await runAll(chunk(keys, MAX_KEYS_PER_CALL), CALLS_IN_FLIGHT, async (batch) => {
    const rows: CatalogueRow[] = [];
    let cause: unknown;
    const left = await drain(
      batch,
      async (wanted) => {
        const reply = await readBatch(client, names, { keys: wanted, limits });
        rows.push(...reply.rows);
        cause = reply.cause;
        return reply.unprocessed;
      },
      limits,
    );
    if (left.length > 0) throw toTableError(`the read of ${left.length} rows`, cause);
    return rows;
  });
  return batches.flat();
}

type BatchReply = {
  readonly rows: CatalogueRow[];
  readonly unprocessed: readonly RowKey[];
  /** Why the whole call failed, if it did. */
  readonly cause?: unknown;
};

async function readBatch(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { keys, limits }: { readonly keys: readonly RowKey[]; readonly limits: RunLimits },
): Promise<BatchReply> {
  try {
    const reply = await client.send(
      new BatchGetCommand({ RequestItems: toRequest(names, keys) }),
      withinTime(limits),
    );
    return {
      rows: Object.entries(reply.Responses ?? {}).flatMap(([tableName, items]) =>
        items.map((item) => toRow(names, tableName, item)),
      ),
      unprocessed: Object.entries(reply.UnprocessedKeys ?? {}).flatMap(([tableName, request]) =>
        (request.Keys ?? []).map((key) => toRow(names, tableName, key)),
      ),
    };
  } catch (cause) {
    if (mayPass(cause)) return { rows: [], unprocessed: keys, cause };
    throw cause;
  }
}

/** The request of one call, as a value. */
export function toRequest(
  names: TableNames,
  keys: readonly RowKey[],
): Record<string, { ConsistentRead: boolean; Keys: Record<string, string>[] }> {
  const grouped = groupByTableName(names, keys, ({ table, key }) => ({ [TABLE_KEYS[table]]: key }));
  return Object.fromEntries(
    Object.entries(grouped).map(([tableName, Keys]) => [tableName, { ConsistentRead: true, Keys }]),
  );
}

function toRow(names: TableNames, tableName: string, item: unknown): CatalogueRow {
  const table = toCatalogueTable(names, tableName);
  const attributes = storedRowSchema.parse(item);
  return { table, key: z.string().parse(attributes[TABLE_KEYS[table]]), attributes };
}
