/**
 * The units that each run uses, as DynamoDB counts them. All runs of a process share the client, and some calls, such as the
 * quota's, are far from the run's code. So the count travels with the async context of the run.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { ServiceInputTypes } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';

/** On-demand tables are paid by read and write units. */
export type TableUse = {
  readUnits: number;
  writeUnits: number;
  /** Rows and keys that DynamoDB left unprocessed, each time. */
  unprocessedItems: number;
  /** Failed attempts: throttled, broken, or out of time. */
  failedCalls: number;
};

type Units = 'readUnits' | 'writeUnits';

/** The calls that use units, and the kind of unit. */
const UNITS: Readonly<Record<string, Units>> = {
  GetItemCommand: 'readUnits',
  BatchGetItemCommand: 'readUnits',
  PutItemCommand: 'writeUnits',
  UpdateItemCommand: 'writeUnits',
  BatchWriteItemCommand: 'writeUnits',
};

/** A refused condition costs a write of the stored row; DynamoDB does not report its size. */
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

/** Adds the units used by the calls of `work` to `use`. */
export function countTableUse<Result>(use: TableUse, work: () => Promise<Result>): Promise<Result> {
  return current.run(use, work);
}

type Call = { readonly input: ServiceInputTypes };

/** Asks DynamoDB to report the units of a run's calls. Other calls are sent unchanged. */
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
  // Counting must not fail a run.
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
