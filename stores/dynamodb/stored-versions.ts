import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type { StoredVersions } from '../../etl/load/sinks.ts';
import { storedVersionSchema } from '../../etl/model/playlist-listing.ts';
import { getBatches } from './batch-get.ts';
import type { RunLimits } from './run-limits.ts';
import { toReadError } from './table-errors.ts';

const keySchema = z.object({ playlist_id: z.string() });
const ATTRIBUTES = Object.keys(storedVersionSchema.shape).join(', ');

/**
 * The playlist table as the memory of what was loaded. Reads are not consistent, for half the price: a row written a moment ago
 * may still look as it did, which costs one call too many and misses no change.
 */
export function createStoredVersions(
  client: DynamoDBDocumentClient,
  tableName: string,
  startLimits: () => RunLimits,
): StoredVersions {
  return {
    findVersions: async (playlistIds) => {
      const rows = await getBatches(client, playlistIds, {
        toRequest: (ids) => ({
          [tableName]: {
            Keys: ids.map((id) => ({ playlist_id: id })),
            ProjectionExpression: ATTRIBUTES,
          },
        }),
        // A row that does not parse counts as none: a load then writes it anew.
        toRow: (_tableName, item) => storedVersionSchema.safeParse(item).data,
        toKey: (_tableName, key) => keySchema.parse(key).playlist_id,
        toError: toReadError,
        limits: startLimits(),
      });
      return rows.filter((row) => row !== undefined);
    },
  };
}
