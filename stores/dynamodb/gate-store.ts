import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { capCooldown } from '../../spotify/quota/cooldown.ts';
import { EMPTY_STATE, type GateState, type GateStore } from '../../spotify/quota/gate-state.ts';
import { orReadError } from './one-call.ts';
import { withinTime } from './run-limits.ts';

type GateStoreOptions = {
  readonly tableName: string;
  /** One row for each app: quota, cooldown and the way an app is served are its own. */
  readonly clientId: string;
  readonly clock: Clock;
};

/** ISO 8601, as milliseconds since the epoch. */
const moment = z.pipe(
  z.iso.datetime(),
  z.transform((text) => Date.parse(text)),
);
/** Endpoints of a later version count too. */
const callsSchema = z.record(z.string(), z.number());
const rowSchema = z.object({
  revision: z.number(),
  cooldown: z.optional(z.object({ until: moment, reason: z.enum(['quota', 'rate-limit']) })),
  /** By hour, as `2026-11-20T14`. */
  calls: z.record(z.string(), callsSchema),
  full_at: moment,
  lane: z.optional(z.object({ owner: z.string(), free_at: moment })),
  call_ms: z.optional(z.number()),
  write_id: z.optional(z.string()),
  app_kind: z.optional(z.enum(['A or B', 'C'])),
  playlist_api: z.optional(z.enum(['items', 'tracks'])),
  page_limit: z.optional(z.number()),
  announced: z.optional(z.object({ authorized_at: z.string(), days: z.number() })),
});

type GateRow = z.infer<typeof rowSchema>;
type StoredGateRow = z.input<typeof rowSchema>;

const HOUR_MS = 3_600_000;
/** A row that nobody has written to for so long remembers nothing that still counts, but how the app is served. */
const KEPT_DAYS = 400;

/** The state of the gate as a row of the state table. */
export function createGateStore(
  client: DynamoDBDocumentClient,
  options: GateStoreOptions,
): GateStore {
  const { clientId, clock, tableName } = options;
  const key = { state_id: `app#${clientId}` };
  const store: GateStore = {
    read: async ({ deadlineAt }) => {
      const get = new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true });
      const limits = { clock, deadlineAt };
      const { Item } = await orReadError({ what: "the read of the gate's state", limits }, () =>
        client.send(get, withinTime(limits)),
      );
      const state = Item === undefined ? EMPTY_STATE : toState(Item, tableName);
      const capped = capCooldown(state, clock.now());
      if (capped === state) return state;
      // Written down, so that its end does not move on with every read.
      const { revision } = state;
      const isWritten = await store.write(capped, revision, { deadlineAt });
      return isWritten ? { ...capped, revision: revision + 1 } : store.read({ deadlineAt });
    },
    write: async (next, seen, { deadlineAt }) => {
      const limits = { clock, deadlineAt };
      const put = new PutCommand({
        TableName: tableName,
        Item: { ...key, ...toRow(next, seen + 1), expires_at: toExpiry(clock.now()) },
        ConditionExpression: seen === 0 ? 'attribute_not_exists(revision)' : 'revision = :seen',
        ...(seen === 0 ? {} : { ExpressionAttributeValues: { ':seen': seen } }),
      });
      try {
        await orReadError({ what: "the write of the gate's state", limits }, () =>
          client.send(put, withinTime(limits)),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    },
  };
  return store;
}

function toState(item: unknown, tableName: string): GateState {
  const parsed = rowSchema.safeParse(item);
  if (!parsed.success) {
    throw new EtlError(
      'CONFIG_INVALID',
      `The row of this app in table ${tableName} was not written by this version. Delete the row; it fills itself anew.`,
    );
  }
  const row: GateRow = parsed.data;
  return {
    revision: row.revision,
    cooldown: row.cooldown,
    hours: new Map(Object.entries(row.calls).map(([hour, calls]) => [fromHourName(hour), calls])),
    fullAt: row.full_at,
    lane: row.lane && { owner: row.lane.owner, freeAt: row.lane.free_at },
    callMs: row.call_ms,
    writeId: row.write_id,
    facts: { appKind: row.app_kind, playlistApi: row.playlist_api, pageLimit: row.page_limit },
    announced:
      row.announced === undefined
        ? undefined
        : { authorizedAt: row.announced.authorized_at, days: row.announced.days },
  };
}

function toRow(state: GateState, revision: number): StoredGateRow {
  const { announced, callMs, cooldown, facts, fullAt, hours, lane, writeId } = state;
  return {
    revision,
    calls: Object.fromEntries([...hours].map(([hour, calls]) => [toHourName(hour), { ...calls }])),
    full_at: toIso(fullAt),
    ...(cooldown === undefined
      ? {}
      : { cooldown: { until: toIso(cooldown.until), reason: cooldown.reason } }),
    ...(lane === undefined ? {} : { lane: { owner: lane.owner, free_at: toIso(lane.freeAt) } }),
    ...(callMs === undefined ? {} : { call_ms: callMs }),
    ...(writeId === undefined ? {} : { write_id: writeId }),
    ...(facts.appKind === undefined ? {} : { app_kind: facts.appKind }),
    ...(facts.playlistApi === undefined ? {} : { playlist_api: facts.playlistApi }),
    ...(facts.pageLimit === undefined ? {} : { page_limit: facts.pageLimit }),
    ...(announced === undefined
      ? {}
      : { announced: { authorized_at: announced.authorizedAt, days: announced.days } }),
  };
}

function toIso(moment: number): string {
  return new Date(Math.ceil(moment)).toISOString();
}

function toHourName(hour: number): string {
  return toIso(hour * HOUR_MS).slice(0, 'YYYY-MM-DDTHH'.length);
}

function fromHourName(name: string): number {
  return Date.parse(`${name}:00:00.000Z`) / HOUR_MS;
}

function toExpiry(now: number): number {
  return Math.ceil(now / 1000) + KEPT_DAYS * 86_400;
}
