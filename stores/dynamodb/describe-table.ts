import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Returns if a table exists and can be used.
 *
 * @throws Error the SDK's own, above all a `ResourceNotFoundException`; or one that names the table's state
 */
export async function assertTable(
  client: DynamoDBDocumentClient,
  tableName: string,
): Promise<void> {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }));
  const status = Table?.TableStatus;
  if (status !== 'ACTIVE' && status !== 'UPDATING') {
    throw new Error(`The table ${tableName} is in state ${status ?? 'unknown'}.`);
  }
}
