import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { MAX_WAIT_MS } from '../../lib/retry-after.ts';
import { EMPTY_STATE, type QuotaState, type QuotaStore } from '../../spotify/quota/store.ts';
import { callTable } from './one-call.ts';

type QuotaStoreOptions = {
  readonly tableName: string;
  /** One row for each app: quota, cooldown and the way an app is served are its own. */
  readonly clientId: string;
  readonly clock: Clock;
};

/** A row that nobody has written to for so long remembers nothing that still counts, but how the app is served. */
const KEPT_MS = 400 * 86_400_000;

/** ISO 8601, as milliseconds since the epoch. */
const moment = z.pipe(
  z.iso.datetime(),
  z.transform((text) => Date.parse(text)),
);
/** Older versions stored more attributes: they are ignored, and left out by the next write. */
const rowSchema = z.object({
  revision: z.number(),
  cooldown: z.exactOptional(z.object({ until: moment, reason: z.enum(['quota', 'rate-limit']) })),
  calls: z.record(z.string(), z.record(z.string(), z.number())),
  full_at: moment,
  app_kind: z.exactOptional(z.enum(['A or B', 'C'])),
  playlist_api: z.exactOptional(z.enum(['items', 'tracks'])),
  page_limit: z.exactOptional(z.number()),
  announced: z.exactOptional(z.object({ authorized_at: z.string(), days: z.number() })),
  /** Epoch seconds, and so long after the last write. */
  expires_at: z.number(),
});

type Row = z.infer<typeof rowSchema>;

/** The quota's state as a row of the state table. */
export function createQuotaStore(
  client: DynamoDBDocumentClient,
  { clientId, clock, tableName }: QuotaStoreOptions,
): QuotaStore {
  const key = { state_id: `app#${clientId}` };
  return {
    read: async ({ deadlineAt }) => {
      const get = new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true });
      const limits = { clock, deadlineAt };
      const call = { purpose: 'read', what: 'the read of the quota', limits } as const;
      const { Item } = await callTable(call, (options) => client.send(get, options));
      if (Item === undefined) return EMPTY_STATE;
      const row = rowSchema.safeParse(Item);
      if (row.success) return toState(row.data);
      throw new EtlError(
        'CONFIG_INVALID',
        `The row ${key.state_id} in table ${tableName} was not written by this version. Delete it: the next run creates a new one and counts calls from 0.`,
      );
    },
    write: async (next, seen, { deadlineAt, isOnce = false }) => {
      const put = new PutCommand({
        TableName: tableName,
        Item: { ...key, ...toRow({ ...next, revision: seen + 1 }, clock.now()) },
        ConditionExpression: seen === 0 ? 'attribute_not_exists(revision)' : 'revision = :seen',
        ...(seen === 0 ? {} : { ExpressionAttributeValues: { ':seen': seen } }),
      });
      const limits = { clock, deadlineAt };
      const call = { purpose: 'read', what: 'the write of the quota', limits } as const;
      try {
        await callTable({ ...call, ...(isOnce && { maxRepeats: 0 }) }, (options) =>
          client.send(put, options),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
}

/** A cooldown that an older version stored ends as early as if it had been capped then. */
function toState({ calls, cooldown, expires_at, full_at, revision, ...facts }: Row): QuotaState {
  const state = { revision, calls, fullAt: full_at, facts };
  if (cooldown === undefined) return state;
  const writtenAt = expires_at * 1000 - KEPT_MS;
  const until = Math.min(cooldown.until, writtenAt + MAX_WAIT_MS);
  return { ...state, cooldown: { ...cooldown, until } };
}

function toRow({ calls, cooldown, facts, fullAt, revision }: QuotaState, now: number): object {
  return {
    ...facts,
    revision,
    calls,
    full_at: new Date(fullAt).toISOString(),
    ...(cooldown && { cooldown: { ...cooldown, until: new Date(cooldown.until).toISOString() } }),
    expires_at: Math.ceil((now + KEPT_MS) / 1000),
  };
}
