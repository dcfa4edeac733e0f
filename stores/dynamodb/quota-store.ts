import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../../etl/errors.ts';
import type { Clock } from '../../lib/clock.ts';
import { EMPTY_STATE, type QuotaStore } from '../../spotify/quota/store.ts';
import { parseQuotaRow, quotaRowId, toQuotaRow } from '../quota-row.ts';
import { callTable } from './one-call.ts';

type QuotaStoreOptions = {
  readonly tableName: string;
  readonly clientId: string;
  readonly clock: Clock;
};

/** The quota's state as a row of the state table. */
export function createQuotaStore(
  client: DynamoDBDocumentClient,
  { clientId, clock, tableName }: QuotaStoreOptions,
): QuotaStore {
  const key = { state_id: quotaRowId(clientId) };
  const toCall = (what: string, deadlineAt: number) =>
    ({ purpose: 'read', what, limits: { clock, deadlineAt } }) as const;
  return {
    read: async ({ deadlineAt }) => {
      const get = new GetCommand({ TableName: tableName, Key: key, ConsistentRead: true });
      const call = toCall('the read of the quota', deadlineAt);
      const { Item } = await callTable(call, (options) => client.send(get, options));
      if (Item === undefined) return EMPTY_STATE;
      const state = parseQuotaRow(Item);
      if (state !== undefined) return state;
      throw new EtlError(
        'CONFIG_INVALID',
        `The row ${key.state_id} in table ${tableName} was not written by this version. Delete it: the next run creates a new one and counts calls from 0.`,
      );
    },
    write: async (next, seen, { deadlineAt, isOnce = false }) => {
      const put = new PutCommand({
        TableName: tableName,
        Item: { ...key, ...toQuotaRow({ ...next, revision: seen + 1 }, clock.now()) },
        ConditionExpression: seen === 0 ? 'attribute_not_exists(revision)' : 'revision = :seen',
        ...(seen === 0 ? {} : { ExpressionAttributeValues: { ':seen': seen } }),
      });
      const call = toCall('the write of the quota', deadlineAt);
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
