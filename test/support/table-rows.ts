import { isDeepStrictEqual } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { BatchWriteCommand, DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedDynamodb,
} from '../../local/dynamodb.ts';
import { chunk } from '../../stores/dynamodb/batches.ts';

export type Row = Record<string, unknown>;

export type TableRows = {
  /** All rows of a table, by this key. */
  readonly scan: (tableName: string, key: string) => Promise<Row[]>;
  /** Makes these the only rows of a table. */
  readonly replace: (tableName: string, key: string, rows: readonly Row[]) => Promise<void>;
  readonly close: () => void;
};

/** DynamoDB's limit for one BatchWriteItem. */
const MAX_ROWS_PER_CALL = 25;

type Tables = Pick<EmbeddedDynamodb, 'url'> &
  Partial<{
    readonly region: string;
    readonly credentials: typeof EMBEDDED_CREDENTIALS;
  }>;

/** Reads tables without the program; by default the embedded ones. */
export function createTableRows({
  url,
  region = EMBEDDED_REGION,
  credentials = EMBEDDED_CREDENTIALS,
}: Tables): TableRows {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: url, region, credentials }),
  );
  const scan: TableRows['scan'] = async (tableName, key) => {
    const rows: Row[] = [];
    const pages = paginateScan({ client }, { TableName: tableName });
    for await (const page of pages) rows.push(...(page.Items ?? []));
    return rows.sort((one, other) => (String(one[key]) < String(other[key]) ? -1 : 1));
  };
  return {
    scan,
    replace: async (tableName, key, rows) => {
      const wanted = new Map(rows.map((row) => [row[key], row]));
      const stored = new Map((await scan(tableName, key)).map((row) => [row[key], row]));
      const surplus = [...stored.keys()].filter((id) => !wanted.has(id));
      const requests = [
        ...surplus.map((id) => ({ DeleteRequest: { Key: { [key]: id } } })),
        ...rows
          .filter((row) => !isDeepStrictEqual(row, stored.get(row[key])))
          .map((row) => ({ PutRequest: { Item: row } })),
      ];
      for (const batch of chunk(requests, MAX_ROWS_PER_CALL)) {
        await client.send(new BatchWriteCommand({ RequestItems: { [tableName]: batch } }));
      }
    },
    close: () => {
      client.destroy();
    },
  };
}
