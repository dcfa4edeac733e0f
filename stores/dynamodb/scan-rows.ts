import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { ReadBudget } from './read-budget.ts';
import { isThrottling } from './table-errors.ts';

/** A row as it is stored, whatever version of the project wrote it. */
export type StoredRow = Readonly<Record<string, unknown>>;

type ScanLimits = {
  readonly budget: ReadBudget;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
};

type ScanPage = {
  readonly segment: number;
  readonly rows: readonly StoredRow[];
  readonly startKey: ScanCommandInput['ExclusiveStartKey'];
};

/** Smaller than DynamoDB's page of 1 MB, because a page as objects takes ten times its bytes. */
const MAX_ROWS_PER_PAGE = 500;
const THROTTLED_DELAY_MS = 200;
const MAX_THROTTLED_DELAY_MS = 5_000;
/** With waits of two and a half seconds on average, more than a minute. */
const MAX_THROTTLED_REPEATS = 30;

/**
 * Every row of a table, page by page, several segments side by side, at most one page of each in memory.
 *
 * A scan, because the whole table is wanted and no key is known. Reads are consistent: a row that a run wrote a moment ago
 * is there. That doubles the price of a read, which for a million rows is about a cent. It is no snapshot of the table: a row
 * that is written meanwhile comes as it was or as it is.
 *
 * @throws EtlError `TABLE_THROTTLED`
 */
export async function* scanPages(
  client: DynamoDBDocumentClient,
  tableName: string,
  { segments, limits }: { readonly segments: number; readonly limits: ScanLimits },
): AsyncGenerator<readonly StoredRow[]> {
  const ended = new AbortController();
  const { signal } = limits;
  const both = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const read = (segment: number, startKey?: ScanPage['startKey']): Promise<ScanPage> => {
    const request = toScanRequest(tableName, { segment, segments, startKey });
    const page = readPage(client, request, { ...limits, signal: both });
    // It may fail while the caller is busy with another page; it is heard at the next turn.
    page.catch(() => undefined);
    return page;
  };
  const pending = new Map<number, Promise<ScanPage>>();
  for (let segment = 0; segment < segments; segment += 1) pending.set(segment, read(segment));
  try {
    while (pending.size > 0) {
      const { segment, rows, startKey } = await Promise.race(pending.values());
      // Behind the others: of several that are ready the first is taken, and none may starve, a failure least of all.
      pending.delete(segment);
      if (startKey !== undefined) pending.set(segment, read(segment, startKey));
      yield rows;
    }
  } finally {
    ended.abort();
    await Promise.allSettled(pending.values());
  }
}

/** The request for one page, as a value. */
export function toScanRequest(
  tableName: string,
  {
    segment,
    segments,
    startKey,
  }: Pick<ScanPage, 'segment' | 'startKey'> & { readonly segments: number },
): ScanCommandInput & { readonly Segment: number } {
  return {
    TableName: tableName,
    Segment: segment,
    TotalSegments: segments,
    Limit: MAX_ROWS_PER_PAGE,
    ConsistentRead: true,
    ReturnConsumedCapacity: 'TOTAL',
    ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
  };
}

async function readPage(
  client: DynamoDBDocumentClient,
  request: ReturnType<typeof toScanRequest>,
  { budget, clock, signal }: ScanLimits,
): Promise<ScanPage> {
  for (let repeat = 0; ; repeat += 1) {
    const taken = await budget.take(signal);
    signal?.throwIfAborted();
    try {
      const reply = await client.send(
        new ScanCommand(request),
        signal === undefined ? {} : { abortSignal: signal },
      );
      budget.settle(taken, reply.ConsumedCapacity?.CapacityUnits ?? 0);
      return {
        segment: request.Segment,
        rows: reply.Items ?? [],
        startKey: reply.LastEvaluatedKey,
      };
    } catch (error) {
      budget.settle(taken, 0);
      if (!isThrottling(error)) throw error;
      if (repeat === MAX_THROTTLED_REPEATS) throw scanThrottled(request.TableName, error);
      const delayMs = Math.min(MAX_THROTTLED_DELAY_MS, THROTTLED_DELAY_MS * 2 ** repeat);
      await clock.sleep(clock.random() * delayMs);
    }
  }
}

function scanThrottled(tableName: string | undefined, cause: unknown): EtlError {
  return new EtlError(
    'TABLE_THROTTLED',
    `DynamoDB keeps throttling the read of ${tableName ?? 'a table'}. Run it again later, or with fewer read units per second.`,
    { cause },
  );
}

/** DynamoDB's own count, up to six hours old; none where the caller lacks the permission to ask. */
export async function countRowsAbout(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<number | undefined> {
  try {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
    return Table?.ItemCount;
  } catch (error) {
    if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
    throw error;
  }
}
