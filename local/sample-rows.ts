import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../etl/model/records.ts';
import { EMBEDDED_CREDENTIALS, EMBEDDED_REGION } from './dynamodb.ts';
import type { LocalStack } from './stack.ts';

/** A few telling columns of each table; the whole rows are in the tables. */
export const SAMPLE_COLUMNS = {
  playlist: ['playlist_id', 'playlist_name', 'playlist_num_items', 'playlist_owner_name'],
  track: ['track_id', 'track_name', 'track_duration', 'track_album'],
  album: ['album_id', 'album_name', 'album_release_date', 'album_num_tracks'],
  artist: ['artist_id', 'artist_name', 'artist_url'],
} as const satisfies Record<Table, readonly string[]>;

export type SampleRows = {
  readonly table: Table;
  readonly rows: readonly Readonly<Record<string, unknown>>[];
};

const ROWS_EACH = 3;

/** The first rows of each local table, in the order the engine keeps them. */
export async function readSampleRows({
  dynamodbUrl,
  tableNames,
}: Pick<LocalStack, 'dynamodbUrl' | 'tableNames'>): Promise<SampleRows[]> {
  const client = DynamoDBDocumentClient.from(
    new DynamoDBClient({
      endpoint: dynamodbUrl,
      region: EMBEDDED_REGION,
      credentials: EMBEDDED_CREDENTIALS,
    }),
  );
  const tables: Table[] = ['playlist', 'track', 'album', 'artist'];
  const samples = await Promise.all(
    tables.map(async (table) => {
      // A scan of three rows: enough to look at.
      const scan = new ScanCommand({ TableName: tableNames[table], Limit: ROWS_EACH });
      return { table, rows: (await client.send(scan)).Items ?? [] };
    }),
  );
  client.destroy();
  return samples;
}
