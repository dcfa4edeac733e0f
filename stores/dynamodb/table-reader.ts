import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { backoffMs, retry } from '../../lib/retry.ts';
import { isThrottling } from './table-errors.ts';

/** A stored row, written by any version of the project. */
export type StoredRow = Readonly<Record<string, unknown>>;

export type ReaderOptions = {
  readonly clock: Clock;
  /** Parts of a table that are read in parallel. */
  readonly segments: number;
  /** On average. */
  readonly readUnitsPerSecond: number;
  readonly signal?: AbortSignal | undefined;
};

type ScanPage = {
  readonly segment: number;
  readonly rows: readonly StoredRow[];
  readonly startKey: ScanCommandInput['ExclusiveStartKey'];
};

/** Smaller than DynamoDB's page of 1 MB, because a parsed page takes ten times its bytes. */
const MAX_ROWS_PER_PAGE = 500;
const THROTTLED_WAITS = { baseMs: 200, maxMs: 5_000 };
/** With waits of two and a half seconds on average, more than a minute. */
const MAX_THROTTLED_REPEATS = 30;
/** So that an abort is noticed. */
const LONGEST_WAIT_MS = 500;

/**
 * Reads whole tables, page by page, outside of runs. Its budget of read units is a token bucket that holds one second's worth.
 * The cost of a page is known only afterwards, so the bucket can go below zero; the next read then waits until it is positive
 * again.
 */
export class TableReader {
  readonly #client: DynamoDBDocumentClient;
  readonly #options: ReaderOptions;
  #balance: number;
  #filledAt: number;
  /** The first reads are sent at once; the reads after them wait for the excess. */
  #expectedCost = 0;
  #spent = 0;

  constructor(client: DynamoDBDocumentClient, options: ReaderOptions) {
    this.#client = client;
    this.#options = options;
    this.#balance = options.readUnitsPerSecond;
    this.#filledAt = options.clock.now();
  }

  /** Read units used so far. */
  readUnits(): number {
    return this.#spent;
  }

  close(): void {
    this.#client.destroy();
  }

  /** The approximate number of rows: DynamoDB counts every six hours. Undefined if the caller lacks the permission. */
  async countRowsAbout(tableName: string): Promise<number | undefined> {
    try {
      const command = new DescribeTableCommand({ TableName: tableName });
      const { signal: abortSignal } = this.#options;
      const reply = await this.#client.send(command, { ...(abortSignal && { abortSignal }) });
      return reply.Table?.ItemCount;
    } catch (error) {
      if (error instanceof Error && error.name === 'AccessDeniedException') return undefined;
      throw error;
    }
  }

  /**
   * Every row of a table once, in no order; several segments in parallel, with at most one page of each in memory.
   *
   * A scan, because it needs the whole table. Reads are consistent, so rows written a moment ago are there. That doubles the
   * price, to about a cent for a million rows. It is not a snapshot: a row that is written meanwhile can be old or new.
   *
   * @throws EtlError `TABLE_THROTTLED`
   */
  async *listPages(tableName: string): AsyncGenerator<readonly StoredRow[]> {
    const { segments, signal } = this.#options;
    const ended = new AbortController();
    const both = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
    const read = (segment: number, startKey?: ScanPage['startKey']): Promise<ScanPage> => {
      const page = this.#readPage(toScanRequest(tableName, { segment, segments, startKey }), both);
      // It can fail while the caller is busy with another page; the next turn throws the error.
      page.catch(() => undefined);
      return page;
    };
    const pending = new Map<number, Promise<ScanPage>>();
    for (let segment = 0; segment < segments; segment += 1) pending.set(segment, read(segment));
    try {
      while (pending.size > 0) {
        const { segment, rows, startKey } = await Promise.race(pending.values());
        // Goes to the end: the first ready one is taken, and none must starve, a failure least of all.
        pending.delete(segment);
        if (startKey !== undefined) pending.set(segment, read(segment, startKey));
        yield rows;
      }
    } finally {
      ended.abort();
      await Promise.allSettled(pending.values());
    }
  }

  async #readPage(request: ScanRequest, abortSignal: AbortSignal): Promise<ScanPage> {
    const { clock } = this.#options;
    const read = async (): Promise<ScanPage> => {
      const taken = await this.#takeUnits(abortSignal);
      let cost = 0;
      try {
        const reply = await this.#client.send(new ScanCommand(request), { abortSignal });
        cost = reply.ConsumedCapacity?.CapacityUnits ?? 0;
        const { Items: rows = [], LastEvaluatedKey: startKey } = reply;
        return { segment: request.Segment, rows, startKey };
      } finally {
        this.#balance += taken - cost;
        this.#spent += cost;
        this.#expectedCost = cost || this.#expectedCost;
      }
    };
    const planDelayMs = (error: Error, attempt: number): number | undefined =>
      isThrottling(error) && attempt <= MAX_THROTTLED_REPEATS
        ? backoffMs(attempt, { chance: clock.random(), ...THROTTLED_WAITS })
        : undefined;
    try {
      return await retry(read, { clock, planDelayMs, signal: abortSignal });
    } catch (cause) {
      if (!isThrottling(cause)) throw cause;
      const message = `DynamoDB keeps throttling the read of ${request.TableName}. Run it again later, or with a lower limit of read units per second.`;
      throw new EtlError('TABLE_THROTTLED', message, { cause });
    }
  }

  /** Waits until a read can be sent; reserves and returns the cost of the last one. */
  async #takeUnits(signal: AbortSignal): Promise<number> {
    const { clock, readUnitsPerSecond } = this.#options;
    const msAUnit = 1000 / readUnitsPerSecond;
    for (;;) {
      const now = clock.now();
      const filled = this.#balance + (now - this.#filledAt) / msAUnit;
      this.#balance = Math.min(readUnitsPerSecond, filled);
      this.#filledAt = now;
      signal.throwIfAborted();
      if (this.#balance > 0) break;
      await clock.sleep(Math.min(LONGEST_WAIT_MS, 1 - this.#balance * msAUnit));
    }
    const taken = this.#expectedCost;
    this.#balance -= taken;
    return taken;
  }
}

type ScanRequest = ScanCommandInput & { readonly Segment: number };

/** The request for one page, as a value. */
export function toScanRequest(
  tableName: string,
  { segment, segments, startKey }: Omit<ScanPage, 'rows'> & { readonly segments: number },
): ScanRequest {
  return {
    TableName: tableName,
    Segment: segment,
    TotalSegments: segments,
    Limit: MAX_ROWS_PER_PAGE,
    ConsistentRead: true,
    ReturnConsumedCapacity: 'TOTAL',
    ...(startKey && { ExclusiveStartKey: startKey }),
  };
}
