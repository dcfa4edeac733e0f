import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod/mini';
import type {
  CatalogueRow,
  CatalogueSink,
  PlaylistSink,
  RowChange,
  RowKey,
  StoredVersions,
} from '../../etl/load/sinks.ts';
import { type StoredVersion, storedVersionSchema } from '../../etl/model/playlist-listing.ts';
import {
  type PlaylistRecord,
  playlistRecordSchema,
  type StoredPlaylist,
  storedPlaylistSchema,
  TABLE_KEYS,
} from '../../etl/model/records.ts';
import { findRowFaults } from '../../etl/model/row-faults.ts';
import { latestBelievable, newerRunWon } from '../newer-run.ts';
import { readBatches, runAll, writeBatches } from './batches.ts';
import { assertPlaylistFits } from './item-size.ts';
import { callTable, type RunLimits } from './one-call.ts';
import { groupByTable, type TableNames, toCatalogueTable, toUpdate } from './requests.ts';
import {
  type CallPurpose,
  isRefusal,
  loadIncomplete,
  type RefusedRow,
  toRefusalError,
} from './table-errors.ts';

const UPDATES_IN_FLIGHT = 8;
/** Rows of older versions lack when and by whom items were added. */
const storedListSchema = z.extend(storedPlaylistSchema, {
  playlist_contributors: z.array(z.string()),
});
/** A row of an older version matches no snapshot: the list is loaded again, which completes its row. */
const versionRowSchema = z.pipe(
  z.extend(storedVersionSchema, { playlist_contributors: z.optional(z.unknown()) }),
  z.transform(({ playlist_contributors: mark, ...version }) =>
    mark === undefined ? { ...version, playlist_snapshot_id: '' } : version,
  ),
);
/** Of the tracks, which are thousands, the first. */
const VERSION_ATTRIBUTES = [...Object.keys(storedVersionSchema.shape), 'playlist_contributors'].map(
  (name) => (name === 'playlist_tracks' ? `${name}[0]` : name),
);

const storedRowSchema = z.record(z.string(), z.unknown());

/** The four tables for one run. */
export class RecordRepository implements CatalogueSink, PlaylistSink, StoredVersions {
  readonly #client: DynamoDBDocumentClient;
  readonly #names: TableNames;
  readonly #limits: RunLimits;

  constructor(client: DynamoDBDocumentClient, names: TableNames, limits: RunLimits) {
    this.#client = client;
    this.#names = names;
    this.#limits = limits;
  }

  async findPlaylist(playlistId: string): Promise<StoredPlaylist | undefined> {
    const row = await this.#getPlaylist(playlistId, Object.keys(storedListSchema.shape));
    // A row that does not parse counts as missing, so the run replaces it.
    return storedListSchema.safeParse(row).data;
  }

  assertFits(record: PlaylistRecord): void {
    assertPlaylistFits(record);
  }

  async putPlaylist(record: PlaylistRecord, { isRepair } = { isRepair: false }): Promise<void> {
    const { playlist_id, ...attributes } = record;
    const update = toUpdate(attributes, isRepair ? await this.#findMalformed(record) : []);
    // No row yet, or one without a date: this read is newer.
    const isUndated =
      'attribute_not_exists(extracted_at) OR NOT attribute_type(extracted_at, :string)';
    // A date from a wrong clock would block all writes until then.
    const isDatedAhead = 'extracted_at > :believable';
    // Two runs of one playlist can race: the older read must not win even if it comes last. An equal date is this run's own,
    // repeated after a lost answer.
    const isNotNewer = 'extracted_at <= :extracted_at';
    const command = new UpdateCommand({
      TableName: this.#names.playlist,
      Key: { playlist_id },
      ...update,
      ConditionExpression: [isUndated, isDatedAhead, isNotNewer].join(' OR '),
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ':string': 'S',
        ':believable': latestBelievable(this.#limits.clock),
        ':extracted_at': record.extracted_at,
      },
    });
    try {
      await this.#update('lastWrite', "the write of the playlist's row", command);
    } catch (cause) {
      if (cause instanceof ConditionalCheckFailedException) throw newerRunWon(cause);
      if (!isRefusal(cause)) throw cause;
      throw toRefusalError([{ row: { table: 'playlist', key: playlist_id }, cause }], 1);
    }
  }

  /** Eventually consistent reads, for half the price: a row that was just written may look old, which costs one extra call. */
  async findVersions(playlistIds: readonly string[]): Promise<StoredVersion[]> {
    const rows = await readBatches(this.#client, playlistIds, {
      toRequest: (ids) => ({
        [this.#names.playlist]: {
          Keys: ids.map((playlist_id) => ({ playlist_id })),
          ProjectionExpression: VERSION_ATTRIBUTES.join(', '),
        },
      }),
      purpose: 'read',
      limits: this.#limits,
    });
    return rows.flatMap(([, row]) => versionRowSchema.safeParse(row).data ?? []);
  }

  /** Consistent reads, so that a row written a moment ago is merged and not replaced. */
  async findRows(keys: readonly RowKey[]): Promise<CatalogueRow[]> {
    const rows = await readBatches(this.#client, keys, {
      toRequest: (wanted) => {
        const byTable = groupByTable(this.#names, wanted, ({ key, table }) => ({
          [TABLE_KEYS[table]]: key,
        }));
        return Object.fromEntries(
          Object.entries(byTable).map(([name, Keys]) => [name, { ConsistentRead: true, Keys }]),
        );
      },
      purpose: 'load',
      limits: this.#limits,
    });
    return rows.map(([tableName, row]) => {
      const table = toCatalogueTable(this.#names, tableName);
      const attributes = storedRowSchema.parse(row);
      return { table, key: z.string().parse(attributes[TABLE_KEYS[table]]), attributes };
    });
  }

  async putRows(rows: readonly CatalogueRow[]): Promise<void> {
    const { refused, ...shortfall } = await writeBatches(this.#client, rows, {
      toRequest: (wanted) =>
        groupByTable(this.#names, wanted, ({ attributes }) => ({
          PutRequest: { Item: { ...attributes } },
        })),
      limits: this.#limits,
    });
    if (refused.length > 0) throw toRefusalError(refused, rows.length);
    if (shortfall.missing > 0) throw loadIncomplete(`${rows[0]?.table}`, shortfall, rows.length);
  }

  /** One call for each row; a refused row does not stop the others. */
  async updateRows(changes: readonly RowChange[]): Promise<void> {
    const refused: RefusedRow[] = [];
    await runAll(changes, UPDATES_IN_FLIGHT, async (change) => {
      try {
        await this.#updateRow(change);
      } catch (cause) {
        if (!isRefusal(cause)) throw cause;
        refused.push({ row: change, cause });
      }
    });
    if (refused.length > 0) throw toRefusalError(refused, changes.length);
  }

  async #updateRow({ attributes, dropped = {}, key, table }: RowChange): Promise<void> {
    const { [TABLE_KEYS[table]]: _key, ...set } = attributes;
    const malformed = Object.entries(dropped);
    const update = toUpdate(set, Object.keys(dropped));
    // Removes a malformed value only if it is still the same: another run may have repaired it.
    const isAsSeen = malformed.map((_, index) => `#d${index} = :d${index}`).join(' AND ');
    const command = new UpdateCommand({
      TableName: this.#names[table],
      Key: { [TABLE_KEYS[table]]: key },
      ...update,
      ...(malformed.length > 0 && { ConditionExpression: isAsSeen }),
      ExpressionAttributeValues: {
        ...update.ExpressionAttributeValues,
        ...Object.fromEntries(malformed.map(([, value], index) => [`:d${index}`, value])),
      },
    });
    try {
      await this.#update('load', `the update of ${table} ${key}`, command);
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      if (Object.keys(set).length > 0) await this.#updateRow({ attributes: set, key, table });
    }
  }

  /** Malformed attributes of the playlist's stored row that this record does not set. */
  async #findMalformed(record: PlaylistRecord): Promise<string[]> {
    const lacking = Object.keys(playlistRecordSchema.shape).filter((name) => !(name in record));
    if (lacking.length === 0) return [];
    const row = await this.#getPlaylist(record.playlist_id, lacking);
    return findRowFaults('playlist', { ...row, ...record }).map(({ attribute }) => attribute);
  }

  /** Consistent, because a stale read would cost a whole extraction. */
  async #getPlaylist(
    playlistId: string,
    attributes: readonly string[],
  ): Promise<Record<string, unknown> | undefined> {
    const command = new GetCommand({
      TableName: this.#names.playlist,
      Key: { playlist_id: playlistId },
      ConsistentRead: true,
      ProjectionExpression: attributes.join(', '),
    });
    const what = "the read of the playlist's row";
    const reply = await callTable({ purpose: 'load', what, limits: this.#limits }, (options) =>
      this.#client.send(command, options),
    );
    return reply.Item;
  }

  async #update(purpose: CallPurpose, what: string, command: UpdateCommand): Promise<void> {
    await callTable({ purpose, what, limits: this.#limits }, (options) =>
      this.#client.send(command, options),
    );
  }
}
