/**
 * What each run uses of the tables, as DynamoDB itself counts it. The client is one for all runs of a process, and some calls go
 * out on behalf of a run from far away, such as the quota's: so a run's own count goes with the flow of its calls.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServiceInputTypes } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

/** Read and write units are what on-demand tables are paid by. */
export type TableUse = {
  readUnits: number;
  writeUnits: number;
  /** Rows and keys that DynamoDB handed back, each time it did. */
  unprocessedItems: number;
  /** Calls that failed, each attempt by itself: throttled, broken, or out of time. */
  failedCalls: number;
};

type Units = 'readUnits' | 'writeUnits';

/** The calls of runs that use units, and which. */
const UNITS: Readonly<Record<string, Units>> = {
  GetItemCommand: 'readUnits',
  BatchGetItemCommand: 'readUnits',
  PutItemCommand: 'writeUnits',
  UpdateItemCommand: 'writeUnits',
  BatchWriteItemCommand: 'writeUnits',
};

/** A refused condition costs a write of the row that stands there; DynamoDB does not say how large that is. */
const LEAST_UNITS_REFUSED = 1;

const capacitySchema = z.object({ CapacityUnits: z.number() });
const replySchema = z.object({
  ConsumedCapacity: z.optional(z.union([capacitySchema, z.array(capacitySchema)])),
  UnprocessedItems: z.optional(z.record(z.string(), z.array(z.unknown()))),
  UnprocessedKeys: z.optional(
    z.record(z.string(), z.object({ Keys: z.optional(z.array(z.unknown())) })),
  ),
});

const current = new AsyncLocalStorage<TableUse>();

export function startTableUse(): TableUse {
  return { readUnits: 0, writeUnits: 0, unprocessedItems: 0, failedCalls: 0 };
}

/** Adds to `use` what the calls made by `work` use. */
export function countTableUse<Result>(use: TableUse, work: () => Promise<Result>): Promise<Result> {
  return current.run(use, work);
}

type Call = { readonly input: ServiceInputTypes };

/** Has DynamoDB say what a call of a run used. A call of no run goes out as it is. */
export async function measureCall<Reply extends { readonly output: unknown }>(
  commandName: string | undefined,
  { input }: Call,
  send: (call: Call) => Promise<Reply>,
): Promise<Reply> {
  const use = current.getStore();
  const units = UNITS[commandName ?? ''];
  if (use === undefined || units === undefined) return send({ input });
  try {
    const reply = await send({ input: { ...input, ReturnConsumedCapacity: 'TOTAL' } });
    noteReply(use, units, reply.output);
    return reply;
  } catch (error) {
    noteFailure(use, units, error);
    throw error;
  }
}

function noteReply(use: TableUse, units: Units, output: unknown): void {
  // No run fails for its count.
  const { success, data } = replySchema.safeParse(output);
  if (!success) return;
  const { ConsumedCapacity, UnprocessedItems, UnprocessedKeys } = data;
  for (const { CapacityUnits } of [ConsumedCapacity ?? []].flat()) use[units] += CapacityUnits;
  for (const items of Object.values(UnprocessedItems ?? {})) use.unprocessedItems += items.length;
  for (const { Keys = [] } of Object.values(UnprocessedKeys ?? {})) {
    use.unprocessedItems += Keys.length;
  }
}

function noteFailure(use: TableUse, units: Units, error: unknown): void {
  const isRefused = error instanceof Error && error.name === 'ConditionalCheckFailedException';
  if (isRefused) use[units] += LEAST_UNITS_REFUSED;
  else use.failedCalls += 1;
}
