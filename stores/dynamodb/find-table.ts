import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Returns where a table is there and can be used.
 *
 * @throws Error the SDK's own, a `ResourceNotFoundException` above all; or one that tells the table's state
 */
export async function findTable(client: DynamoDBDocumentClient, tableName: string): Promise<true> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const status = Table?.TableStatus;
  if (status === 'ACTIVE' || status === 'UPDATING') return true;
  throw new Error(`The table ${tableName} is in state ${status ?? 'unknown'}.`);
}
