import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { CatalogueSink, PlaylistSink, StoredPlaylist } from '../load/sinks.ts';
import { playlistRecordSchema } from '../model/records.ts';
import { readRows } from './batch-read.ts';
import { writeRows } from './batch-write.ts';
import { setPlaylistRow, updateRows } from './row-updates.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import { orTableError } from './table-errors.ts';
import type { TableNames } from './table-names.ts';

const storedPlaylistSchema = z.pick(playlistRecordSchema, {
  playlist_snapshot_id: true,
  playlist_num_items: true,
  playlist_skipped: true,
  extracted_at: true,
});
const STORED_ATTRIBUTES = Object.keys(storedPlaylistSchema.shape).join(', ');

/** The four tables as the sink of one run. */
export function createRecordSink(
  client: DynamoDBDocumentClient,
  names: TableNames,
  limits: RunLimits,
): CatalogueSink & PlaylistSink {
  return {
    findPlaylist: (playlistId) => findPlaylist(client, names, { playlistId, limits }),
    findRows: (keys) => readRows(client, names, { keys, limits }),
    putRows: (rows) => writeRows(client, names, { rows, limits }),
    updateRows: (changes) => updateRows(client, names, { changes, limits }),
    putPlaylist: (record) => setPlaylistRow(client, names, { record, limits }),
  };
}

/**
 * Consistent, because a stale answer would cost a whole extraction. A row that does not parse counts as none: the run
 * then writes it anew.
 */
async function findPlaylist(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { playlistId, limits }: { readonly playlistId: string; readonly limits: RunLimits },
): Promise<StoredPlaylist | undefined> {
  const { Item } = await orTableError("the read of the playlist's row", () =>
    client.send(
      new GetCommand({
        TableName: names.playlist,
        Key: { playlist_id: playlistId },
        ConsistentRead: true,
        ProjectionExpression: STORED_ATTRIBUTES,
      }),
      withinTime(limits),
    ),
  );
  return storedPlaylistSchema.safeParse(Item).data;
}
