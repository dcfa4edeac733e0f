import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import {
  EMBEDDED_CREDENTIALS,
  EMBEDDED_REGION,
  type EmbeddedDynamodb,
} from '../../local/dynamodb.ts';

export type Row = Record<string, unknown>;

export type TableRows = {
  /** All rows of a table, by this key. */
  readonly scan: (tableName: string, key: string) => Promise<Row[]>;
  readonly close: () => void;
};

type Tables = Pick<EmbeddedDynamodb, 'url'> &
  Partial<{
    readonly region: string;
    readonly credentials: typeof EMBEDDED_CREDENTIALS;
  }>;

/** Reads tables past the program: the embedded ones, unless told otherwise. */
export function createTableRows({
  url,
  region = EMBEDDED_REGION,
  credentials = EMBEDDED_CREDENTIALS,
}: Tables): TableRows {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({ endpoint: url, region, credentials }),
  );
  return {
    scan: async (tableName, key) => {
      const rows: Row[] = [];
      const scan = paginateScan({ client }, { TableName: tableName });
      for await (const page of scan) rows.push(...(page.Items ?? []));
      return rows.sort((one, other) => (String(one[key]) < String(other[key]) ? -1 : 1));
    },
    close: () => {
      client.destroy();
    },
  };
}
