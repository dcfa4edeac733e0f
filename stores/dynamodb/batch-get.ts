import {
  BatchGetCommand,
  type BatchGetCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import { chunk } from './batches.ts';
import { drain } from './drain.ts';
import { runAll } from './run-all.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import { mayPass } from './table-errors.ts';

/** DynamoDB's limit for one BatchGetItem. */
const MAX_KEYS_PER_CALL = 100;
const CALLS_IN_FLIGHT = 4;

/** What is read by keys, and how a table's answer is understood. */
type Reading<Key, Row> = {
  readonly toRequest: (keys: readonly Key[]) => BatchGetCommandInput['RequestItems'];
  readonly toRow: (tableName: string, item: unknown) => Row;
  /** A key that was handed back. */
  readonly toKey: (tableName: string, key: unknown) => Key;
  /** What a read means that failed for good. */
  readonly toError: (what: string, cause?: unknown) => unknown;
  readonly limits: RunLimits;
};

/**
 * Reads the rows of these keys, each of which may stand there once, and again what came back unprocessed.
 *
 * @throws what `toError` makes of keys that stay unprocessed, and what no repeat can mend
 */
export async function getBatches<Key, Row>(
  client: DynamoDBDocumentClient,
  keys: readonly Key[],
  reading: Reading<Key, Row>,
): Promise<Row[]> {
  const batches = await runAll(chunk(keys, MAX_KEYS_PER_CALL), CALLS_IN_FLIGHT, async (batch) => {
    const rows: Row[] = [];
    let cause: unknown;
    const left = await drain(
      batch,
      async (wanted) => {
        const reply = await getBatch(client, wanted, reading);
        rows.push(...reply.rows);
        cause = reply.cause;
        return reply.unprocessed;
      },
      reading.limits,
    );
    if (left.length > 0) throw reading.toError(`the read of ${left.length} rows`, cause);
    return rows;
  });
  return batches.flat();
}

type BatchReply<Key, Row> = {
  readonly rows: Row[];
  readonly unprocessed: readonly Key[];
  /** Why the whole call failed, if it did. */
  readonly cause?: unknown;
};

async function getBatch<Key, Row>(
  client: DynamoDBDocumentClient,
  keys: readonly Key[],
  { toRequest, toRow, toKey, limits }: Reading<Key, Row>,
): Promise<BatchReply<Key, Row>> {
  try {
    const reply = await client.send(
      new BatchGetCommand({ RequestItems: toRequest(keys) }),
      withinTime(limits),
    );
    return {
      rows: Object.entries(reply.Responses ?? {}).flatMap(([tableName, items]) =>
        items.map((item) => toRow(tableName, item)),
      ),
      unprocessed: Object.entries(reply.UnprocessedKeys ?? {}).flatMap(([tableName, request]) =>
        (request.Keys ?? []).map((key) => toKey(tableName, key)),
      ),
    };
  } catch (cause) {
    if (mayPass(cause)) return { rows: [], unprocessed: keys, cause };
    throw cause;
  }
}
