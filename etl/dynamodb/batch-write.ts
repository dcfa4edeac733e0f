import {
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { RetriableError } from '../errors.ts';
import type { CatalogueRow } from '../load/sinks.ts';
import { CATALOGUE_TABLES, TABLE_KEYS } from '../model/records.ts';
import { chunk, groupByTableName } from './batches.ts';
import { drain } from './drain.ts';
import { runAll } from './run-all.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import { mayPass } from './table-errors.ts';
import { type TableNames, toCatalogueTable } from './table-names.ts';

/** DynamoDB's limit for one BatchWriteItem. */
const MAX_ROWS_PER_CALL = 25;
const CALLS_IN_FLIGHT = 8;

/**
 * Writes whole rows, several tables in one call, and sends again what DynamoDB leaves unprocessed. A batch that will not land
 * does not keep the others from theirs, so the error counts all that is missing.
 *
 * @throws RetriableError `LOAD_INCOMPLETE` where rows would not land in time
 */
export async function writeRows(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { rows, limits }: { readonly rows: readonly CatalogueRow[]; readonly limits: RunLimits },
): Promise<void> {
  const left = await runAll(chunk(rows, MAX_ROWS_PER_CALL), CALLS_IN_FLIGHT, (batch) =>
    drain(batch, (wanted) => writeBatch(client, names, { rows: wanted, limits }), limits),
  );
  const missing = left.flat();
  if (missing.length > 0) throw loadIncomplete(missing, rows.length);
}

async function writeBatch(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { rows, limits }: { readonly rows: readonly CatalogueRow[]; readonly limits: RunLimits },
): Promise<readonly CatalogueRow[]> {
  try {
    const reply = await client.send(
      new BatchWriteCommand({ RequestItems: toRequest(names, rows) }),
      withinTime(limits),
    );
    const unprocessed = unprocessedIds(names, reply.UnprocessedItems);
    return rows.filter((row) => unprocessed.has(`${row.table}/${row.key}`));
  } catch (error) {
    if (mayPass(error)) return rows;
    throw error;
  }
}

type PutRequests = { PutRequest: { Item: Record<string, unknown> } }[];

/** The request of one call, as a value. */
export function toRequest(
  names: TableNames,
  rows: readonly CatalogueRow[],
): Record<string, PutRequests> {
  return groupByTableName(names, rows, ({ attributes }) => ({
    PutRequest: { Item: { ...attributes } },
  }));
}

function unprocessedIds(
  names: TableNames,
  unprocessed: BatchWriteCommandOutput['UnprocessedItems'],
): Set<string> {
  const ids = new Set<string>();
  for (const [tableName, requests] of Object.entries(unprocessed ?? {})) {
    const table = toCatalogueTable(names, tableName);
    for (const { PutRequest } of requests) {
      ids.add(`${table}/${String(PutRequest?.Item?.[TABLE_KEYS[table]])}`);
    }
  }
  return ids;
}

function loadIncomplete(missing: readonly CatalogueRow[], wanted: number): RetriableError {
  const counts = Object.fromEntries(
    CATALOGUE_TABLES.map((table) => [table, missing.filter((row) => row.table === table).length]),
  );
  return new RetriableError(
    'LOAD_INCOMPLETE',
    `${missing.length} of ${wanted} new rows would not land in the tables in time. The playlist's row was not written; run it again, it goes on where it stopped.`,
    { facts: { rows_missing: missing.length, rows_wanted: wanted, ...counts } },
  );
}
