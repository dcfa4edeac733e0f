/** Some rows of each table, for a terminal. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb';
import pc from 'picocolors';
import { EXPORT_TABLES } from '../cli/export/columns.ts';
import { toTable } from '../cli/shared/terminal.ts';
import type { Table } from '../etl/model/records.ts';
import { visible } from '../lib/plain-text.ts';
import { embeddedAt } from './dynamodb.ts';
import type { LocalStack } from './stack.ts';

/** A few columns of each table, so that 80 characters are enough. */
const COLUMNS: Readonly<Record<Table, readonly string[]>> = {
  playlist: ['playlist_id', 'playlist_name', 'playlist_num_items'],
  track: ['track_id', 'track_name', 'track_duration'],
  album: ['album_id', 'album_name', 'album_release_date'],
  artist: ['artist_id', 'artist_name'],
};
const ROWS_EACH = 3;
const MAX_CELL = 28;

/** The first rows of each local table, in the engine's order, below the table's name. */
export async function sampleTables({ dynamodbUrl, tableNames }: LocalStack): Promise<string[]> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(embeddedAt(dynamodbUrl)));
  const samples = EXPORT_TABLES.map(async (table) => {
    // A scan of three rows: enough to look at.
    const scan = new ScanCommand({ TableName: tableNames[table], Limit: ROWS_EACH });
    const { Items: rows = [] } = await client.send(scan);
    const cells = rows.map((row) => COLUMNS[table].map((column) => toCell(row[column])));
    return `${pc.cyan(table)}\n${toTable(COLUMNS[table], cells)}`;
  });
  const tables = await Promise.all(samples);
  client.destroy();
  return tables;
}

function toCell(value: unknown): string {
  if (value === undefined) return '–';
  const text = visible(typeof value === 'string' ? value : JSON.stringify(value));
  return text.length > MAX_CELL ? `${text.slice(0, MAX_CELL - 1)}…` : text;
}
