import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { CatalogueRow, RowKey } from '../../etl/load/sinks.ts';
import { TABLE_KEYS } from '../../etl/model/records.ts';
import { getBatches } from './batch-get.ts';
import { groupByTableName } from './batches.ts';
import type { RunLimits } from './run-limits.ts';
import { toTableError } from './table-errors.ts';
import { type TableNames, toCatalogueTable } from './table-names.ts';

const storedRowSchema = z.record(z.string(), z.unknown());

/**
 * The stored rows of these keys, several tables in one call. Reads are consistent: a row that a moment ago was written is
 * seen, so it is merged with and never replaced as if it were new.
 *
 * @throws EtlError `TABLE_THROTTLED` where keys stay unprocessed; `TABLE_UNAVAILABLE`; `LOAD_INCOMPLETE` where the time is up
 */
export function readRows(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { keys, limits }: { readonly keys: readonly RowKey[]; readonly limits: RunLimits },
): Promise<CatalogueRow[]> {
  return getBatches(client, keys, {
    toRequest: (wanted) => toRequest(names, wanted),
    toRow: (tableName, item) => toRow(names, tableName, item),
    toKey: (tableName, key) => toRow(names, tableName, key),
    toError: toTableError,
    limits,
  });
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
