/** Tables to export: an embedded engine with the four tables, filled by hand. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { DynamodbSettings } from '../../app/app.ts';
import type { Table } from '../../etl/model/records.ts';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION } from '../../local/dynamodb.ts';
import { readStack } from '../../local/table-definitions.ts';
import { startTestEngine } from './test-engine.ts';
import type { Row } from './world.ts';

export type ResultTables = {
  readonly dynamodb: DynamodbSettings & { readonly endpoint: string };
  readonly tableNames: Readonly<Record<Table, string>>;
  put: (table: Table, rows: readonly Row[]) => Promise<void>;
  close: () => Promise<void>;
};

export async function startResultTables(stage: string): Promise<ResultTables> {
  const { tableNames, tables } = await readStack('serverless.yml', stage);
  const engine = await startTestEngine({ tables });
  const dynamodb = {
    endpoint: engine.url,
    region: EMBEDDED_REGION,
    credentials: EMBEDDED_CREDENTIALS,
  };
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(dynamodb));
  return {
    dynamodb,
    tableNames,
    put: async (table, rows) => {
      for (const row of rows) {
        await client.send(new PutCommand({ TableName: tableNames[table], Item: row }));
      }
    },
    close: async () => {
      client.destroy();
      await engine.close();
    },
  };
}
