import {
  BatchGetCommand,
  type BatchGetCommandInput,
  BatchWriteCommand,
  type BatchWriteCommandInput,
  type DynamoDBDocumentClient,
} from '@aws-sdk/lib-dynamodb';
import pMap, { pMapSkip } from 'p-map';
import type { CatalogueRow } from '../../etl/load/sinks.ts';
import { type RunLimits, repeat } from './one-call.ts';
import {
  type CallPurpose,
  isRefusal,
  isRetryable,
  type RefusedRow,
  toTableError,
  UnprocessedError,
} from './table-errors.ts';

type Keys = NonNullable<BatchGetCommandInput['RequestItems']>;
type Puts = NonNullable<BatchWriteCommandInput['RequestItems']>;

/** DynamoDB's limits for one BatchGetItem and one BatchWriteItem. */
const MAX_KEYS = 100;
const MAX_PUTS = 25;
const READS_IN_FLIGHT = 4;
const WRITES_IN_FLIGHT = 8;

type Batches<Unit, Request> = {
  readonly toRequest: (units: readonly Unit[]) => Request;
  readonly limits: RunLimits;
};

/** A stored row, and its table's physical name. */
export type FoundRow = readonly [tableName: string, attributes: unknown];

/**
 * Reads the rows of these keys, and repeats unprocessed ones. A key without a row is left out.
 *
 * @throws EtlError see `callTable`
 */
export async function readBatches<Key>(
  client: DynamoDBDocumentClient,
  keys: readonly Key[],
  { limits, purpose, toRequest }: Batches<Key, Keys> & { readonly purpose: CallPurpose },
): Promise<FoundRow[]> {
  const batches = await runAll(chunk(keys, MAX_KEYS), READS_IN_FLIGHT, async (batch) => {
    const found: FoundRow[] = [];
    let left = toRequest(batch);
    const countLeft = (): number => sum(Object.values(left).map(({ Keys = [] }) => Keys.length));
    try {
      await repeat(limits, async (options) => {
        const command = new BatchGetCommand({ RequestItems: left });
        const { Responses = {}, UnprocessedKeys = {} } = await client.send(command, options);
        for (const [tableName, rows] of Object.entries(Responses)) {
          found.push(...rows.map((row): FoundRow => [tableName, row]));
        }
        // AWS returns them in the form of a request.
        left = UnprocessedKeys;
        if (countLeft() > 0) throw new UnprocessedError(countLeft());
      });
    } catch (cause) {
      throw toTableError(purpose, `the read of ${countLeft()} rows`, cause);
    }
    return found;
  });
  return batches.flat();
}

/** The result of writes that were not all stored. */
export type Shortfall = {
  /** Rows that DynamoDB refuses. */
  readonly refused: readonly RefusedRow[];
  /** How many others were not written in time. */
  readonly missing: number;
  /** Why, if calls failed. */
  readonly cause?: unknown;
};

/** Writes whole rows, and repeats unprocessed ones. A failed batch or a refused row does not stop the others. */
export async function writeBatches(
  client: DynamoDBDocumentClient,
  rows: readonly CatalogueRow[],
  { limits, toRequest }: Batches<CatalogueRow, Puts>,
): Promise<Shortfall> {
  const writeBatch = async (batch: readonly CatalogueRow[]): Promise<Shortfall> => {
    let left = toRequest(batch);
    const countLeft = (): number => sum(Object.values(left).map((puts) => puts.length));
    try {
      await repeat(limits, async (options) => {
        const command = new BatchWriteCommand({ RequestItems: left });
        const { UnprocessedItems = {} } = await client.send(command, options);
        left = UnprocessedItems;
        if (countLeft() > 0) throw new UnprocessedError(countLeft());
      });
      return { refused: [], missing: 0 };
    } catch (cause) {
      if (isRetryable(cause)) return { refused: [], missing: countLeft(), cause };
      if (!isRefusal(cause)) throw cause;
      const [row, ...others] = batch;
      if (row !== undefined && others.length === 0)
        return { refused: [{ row, cause }], missing: 0 };
      // DynamoDB refuses a whole batch because of one row. Halving finds that row and writes the others.
      const [half = [], rest = []] = chunk(batch, Math.ceil(batch.length / 2));
      return addUp([await writeBatch(half), await writeBatch(rest)]);
    }
  };
  return addUp(await runAll(chunk(rows, MAX_PUTS), WRITES_IN_FLIGHT, writeBatch));
}

function addUp(shortfalls: readonly Shortfall[]): Shortfall {
  return {
    refused: shortfalls.flatMap(({ refused }) => refused),
    missing: sum(shortfalls.map(({ missing }) => missing)),
    cause: shortfalls.findLast(({ cause }) => cause !== undefined)?.cause,
  };
}

/**
 * Runs every unit, `inFlight` at a time, and returns the results in order. After a failure it starts nothing new, waits for
 * running units, so that no write comes after the answer, and throws the first failure.
 */
export async function runAll<Unit, Result>(
  units: readonly Unit[],
  inFlight: number,
  run: (unit: Unit) => Promise<Result>,
): Promise<Result[]> {
  const failures: unknown[] = [];
  const results = await pMap(
    units,
    async (unit) => {
      if (failures.length > 0) return pMapSkip;
      try {
        return await run(unit);
      } catch (error) {
        failures.push(error);
        return pMapSkip;
      }
    },
    { concurrency: inFlight },
  );
  if (failures.length > 0) throw failures[0];
  return results;
}

export function chunk<Unit>(units: readonly Unit[], size: number): Unit[][] {
  return Array.from({ length: Math.ceil(units.length / size) }, (_, index) =>
    units.slice(index * size, (index + 1) * size),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
