import {
  BatchWriteCommand,
  type BatchWriteCommandOutput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../../etl/errors.ts';
import type { CatalogueRow } from '../../etl/load/sinks.ts';
import { TABLE_KEYS } from '../../etl/model/records.ts';
import { chunk, groupByTableName } from './batches.ts';
import { drain } from './drain.ts';
import { runAll } from './run-all.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import {
  isRefusal,
  mayPass,
  type RefusedRow,
  throttlingFacts,
  toRefusalError,
} from './table-errors.ts';
import { type TableNames, toCatalogueTable } from './table-names.ts';

/** DynamoDB's limit for one BatchWriteItem. */
const MAX_ROWS_PER_CALL = 25;
const CALLS_IN_FLIGHT = 8;

/**
 * Writes whole rows and sends again what DynamoDB leaves unprocessed. A batch that will not land
 * does not keep the others from theirs, so the error counts all that is missing; nor does a row that DynamoDB refuses.
 *
 * @throws EtlError `LOAD_INCOMPLETE` where rows would not land in time
 * @throws EtlError `ROW_REFUSED` where a row can never land
 */
export async function writeRows(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { rows, limits }: { readonly rows: readonly CatalogueRow[]; readonly limits: RunLimits },
): Promise<void> {
  const notes: Notes = { refused: [], cause: undefined };
  const left = await runAll(chunk(rows, MAX_ROWS_PER_CALL), CALLS_IN_FLIGHT, (batch) =>
    drain(batch, (wanted) => writeBatch(client, names, { rows: wanted, notes, limits }), limits),
  );
  if (notes.refused.length > 0) throw toRefusalError(notes.refused, rows.length);
  const missing = left.flat();
  if (missing.length > 0)
    throw loadIncomplete(missing, { wanted: rows.length, cause: notes.cause });
}

type Notes = {
  readonly refused: RefusedRow[];
  /** Why a whole call failed last, if one did. */
  cause: unknown;
};

type Batch = {
  readonly rows: readonly CatalogueRow[];
  /** What went wrong is noted here. */
  readonly notes: Notes;
  readonly limits: RunLimits;
};

/** Returns what is to be sent again. */
async function writeBatch(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { rows, notes, limits }: Batch,
): Promise<readonly CatalogueRow[]> {
  try {
    const reply = await client.send(
      new BatchWriteCommand({ RequestItems: toRequest(names, rows) }),
      withinTime(limits),
    );
    const unprocessed = unprocessedIds(names, reply.UnprocessedItems);
    return rows.filter((row) => unprocessed.has(`${row.table}/${row.key}`));
  } catch (cause) {
    if (mayPass(cause)) {
      notes.cause = cause;
      return rows;
    }
    if (!isRefusal(cause)) throw cause;
    const [row, ...others] = rows;
    if (row !== undefined && others.length === 0) {
      notes.refused.push({ row, cause });
      return [];
    }
    // A batch is refused whole for one row: halves of it lead to that one, and let the others land.
    const left: CatalogueRow[] = [];
    for (const half of chunk(rows, Math.ceil(rows.length / 2))) {
      left.push(...(await writeBatch(client, names, { rows: half, notes, limits })));
    }
    return left;
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

function loadIncomplete(
  missing: readonly CatalogueRow[],
  { cause, wanted }: { readonly cause: unknown; readonly wanted: number },
): EtlError {
  return new EtlError(
    'LOAD_INCOMPLETE',
    `${missing.length} of ${wanted} new ${missing[0]?.table} rows would not land in time. The playlist's row was not written; run it again, it goes on where it stopped.`,
    {
      cause,
      facts: {
        rows_missing: missing.length,
        rows_wanted: wanted,
        ...throttlingFacts(cause),
      },
    },
  );
}
