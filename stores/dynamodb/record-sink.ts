import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { CatalogueSink, PlaylistSink, StoredPlaylist } from '../../etl/load/sinks.ts';
import { type PlaylistRecord, playlistRecordSchema } from '../../etl/model/records.ts';
import { findRowFaults } from '../../etl/model/row-faults.ts';
import { readRows } from './batch-read.ts';
import { writeRows } from './batch-write.ts';
import { orTableError } from './one-call.ts';
import { setPlaylistRow, updateRows } from './row-updates.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import type { TableNames } from './table-names.ts';

const storedPlaylistSchema = z.pick(playlistRecordSchema, {
  playlist_snapshot_id: true,
  playlist_num_items: true,
  playlist_skipped: true,
  extracted_at: true,
});
const STORED_ATTRIBUTES = Object.keys(storedPlaylistSchema.shape);

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
    putPlaylist: async (record, { isMending } = { isMending: false }) => {
      const dropped = isMending ? await findMalformed(client, names, { record, limits }) : [];
      await setPlaylistRow(client, names, { record, dropped, limits });
    },
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
  const row = await getPlaylistRow(client, names, {
    playlistId,
    attributes: STORED_ATTRIBUTES,
    limits,
  });
  return storedPlaylistSchema.safeParse(row).data;
}

/** Malformed attributes of the playlist's stored row that this record would leave as they are. */
async function findMalformed(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { record, limits }: { readonly record: PlaylistRecord; readonly limits: RunLimits },
): Promise<string[]> {
  const attributes = Object.keys(playlistRecordSchema.shape).filter((name) => !(name in record));
  if (attributes.length === 0) return [];
  const { playlist_id: playlistId } = record;
  const row = await getPlaylistRow(client, names, { playlistId, attributes, limits });
  return findRowFaults('playlist', { ...row, ...record }).map(({ attribute }) => attribute);
}

async function getPlaylistRow(
  client: DynamoDBDocumentClient,
  names: TableNames,
  {
    attributes,
    limits,
    playlistId,
  }: {
    readonly playlistId: string;
    readonly attributes: readonly string[];
    readonly limits: RunLimits;
  },
): Promise<Record<string, unknown> | undefined> {
  const { Item } = await orTableError({ what: "the read of the playlist's row", limits }, () =>
    client.send(
      new GetCommand({
        TableName: names.playlist,
        Key: { playlist_id: playlistId },
        ConsistentRead: true,
        ProjectionExpression: attributes.join(', '),
      }),
      withinTime(limits),
    ),
  );
  return Item;
}
