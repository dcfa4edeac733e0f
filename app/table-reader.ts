import type { Clock } from '../lib/clock.ts';
import { systemClock } from '../lib/system-clock.ts';
import { countRowsAbout } from '../stores/dynamodb/describe-table.ts';
import { createDocumentClient, type DynamodbSettings } from '../stores/dynamodb/document-client.ts';
import { createReadBudget, type StoredRow, scanPages } from '../stores/dynamodb/scan-rows.ts';

/** Reads whole tables, page by page, for callers that want rows and not a run. */
export type TableReader = {
  /**
   * About how many rows a table has: DynamoDB counts every six hours. Undefined where the caller lacks the permission.
   */
  readonly countRowsAbout: (tableName: string) => Promise<number | undefined>;
  /**
   * Every row once, in no order, with at most one page per segment in memory.
   *
   * @throws EtlError `TABLE_THROTTLED`
   */
  readonly listPages: (tableName: string) => AsyncIterable<readonly StoredRow[]>;
  /** Read units used so far. */
  readonly readUnits: () => number;
  readonly close: () => void;
};

export type TableReaderSettings = {
  readonly dynamodb: DynamodbSettings;
  /** Parts of a table that are read in parallel. */
  readonly segments: number;
  readonly readUnitsPerSecond: number;
  readonly signal?: AbortSignal | undefined;
};

/** A page is 1 MB, and a laptop's connection can be slow. */
const SCAN_TIMEOUT_MS = 30_000;

/** Builds what reads whole tables; needs no Spotify. */
export function createTableReader(
  { dynamodb, segments, readUnitsPerSecond, signal }: TableReaderSettings,
  clock: Clock = systemClock,
): TableReader {
  const client = createDocumentClient({ requestTimeoutMs: SCAN_TIMEOUT_MS, ...dynamodb });
  const budget = createReadBudget(readUnitsPerSecond, clock);
  return {
    countRowsAbout: (tableName) => countRowsAbout(client, tableName),
    listPages: (tableName) =>
      scanPages(client, tableName, { segments, limits: { budget, clock, signal } }),
    readUnits: budget.spent,
    close: () => {
      client.destroy();
    },
  };
}
