import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/**
 * Checks that a table exists and can be used.
 *
 * @throws Error of the SDK, such as `ResourceNotFoundException`; or one with the table's state
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
