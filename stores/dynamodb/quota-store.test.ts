import { DeleteCommand, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { describeQuotaStore } from '../../test/support/quota-store-contract.ts';
import { startTestTables } from '../../test/support/test-tables.ts';
import { createQuotaStore } from './quota-store.ts';

const TableName = 'spotify-etl-test-state';
const keyOf = (clientId: string): { readonly state_id: string } => ({
  state_id: `app#${clientId}`,
});

describeQuotaStore('DynamoDB', async () => {
  const { client, close } = await startTestTables();
  return {
    open: (clientId, clock) => createQuotaStore(client, { tableName: TableName, clientId, clock }),
    row: async (clientId) => {
      const found = await client.send(new GetCommand({ TableName, Key: keyOf(clientId) }));
      const { state_id, ...row } = found.Item ?? {};
      return state_id === undefined ? undefined : row;
    },
    replace: async (clientId, row) => {
      await client.send(new PutCommand({ TableName, Item: { ...row, ...keyOf(clientId) } }));
    },
    empty: async () => {
      for (const clientId of ['client-1', 'client-2']) {
        await client.send(new DeleteCommand({ TableName, Key: keyOf(clientId) }));
      }
    },
    close,
  };
});
