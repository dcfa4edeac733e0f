import {
  type DynamoDBDocumentClient,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { backoffMs, retry } from '../../lib/retry.ts';
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
const THROTTLED_WAITS = { baseMs: 200, maxMs: 5_000 };
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

function readPage(
  client: DynamoDBDocumentClient,
  request: ReturnType<typeof toScanRequest>,
  { budget, clock, signal }: ScanLimits,
): Promise<ScanPage> {
  const read = async (): Promise<ScanPage> => {
    const taken = await budget.take(signal);
    signal?.throwIfAborted();
    let cost = 0;
    try {
      const options = signal === undefined ? {} : { abortSignal: signal };
      const reply = await client.send(new ScanCommand(request), options);
      cost = reply.ConsumedCapacity?.CapacityUnits ?? 0;
      return {
        segment: request.Segment,
        rows: reply.Items ?? [],
        startKey: reply.LastEvaluatedKey,
      };
    } finally {
      budget.settle(taken, cost);
    }
  };
  const planDelayMs = (error: Error, attempt: number): number | undefined =>
    isThrottling(error) && attempt <= MAX_THROTTLED_REPEATS
      ? backoffMs(attempt, { chance: clock.random(), ...THROTTLED_WAITS })
      : undefined;
  return retry(read, { clock, planDelayMs, signal }).catch((error: unknown) => {
    throw isThrottling(error) ? scanThrottled(request.TableName, error) : error;
  });
}

function scanThrottled(tableName: string | undefined, cause: unknown): EtlError {
  return new EtlError(
    'TABLE_THROTTLED',
    `DynamoDB keeps throttling the read of ${tableName ?? 'a table'}. Run it again later, or with fewer read units per second.`,
    { cause },
  );
}

/** Holds reads to so many units per second on average, whoever shares it. */
export type ReadBudget = {
  /** Waits until a read may be sent, then takes what the last one cost. Returns what it took. */
  readonly take: (signal?: AbortSignal) => Promise<number>;
  /** Corrects what was taken by what the read did cost. */
  readonly settle: (taken: number, cost: number) => void;
  /** Units used so far. */
  readonly spent: () => number;
};

/** So that an abort is heard. */
const LONGEST_WAIT_MS = 500;

/**
 * A token bucket that holds one second's worth. A page's cost is known only afterwards, so the bucket may go below zero; the
 * next read then waits until it is filled again.
 */
export function createReadBudget(unitsPerSecond: number, clock: Clock): ReadBudget {
  let balance = unitsPerSecond;
  let filledAt = clock.now();
  // The first reads go out at once; what they cost too much is waited for after them.
  let expectedCost = 0;
  let spent = 0;
  const fill = (): void => {
    const now = clock.now();
    balance = Math.min(unitsPerSecond, balance + ((now - filledAt) / 1000) * unitsPerSecond);
    filledAt = now;
  };
  return {
    take: async (signal) => {
      fill();
      while (balance <= 0) {
        signal?.throwIfAborted();
        await clock.sleep(Math.min(LONGEST_WAIT_MS, (-balance / unitsPerSecond) * 1000 + 1));
        fill();
      }
      const taken = expectedCost;
      balance -= taken;
      return taken;
    },
    settle: (taken, cost) => {
      balance += taken - cost;
      spent += cost;
      if (cost > 0) expectedCost = cost;
    },
    spent: () => spent,
  };
}
