import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { SkippableError } from '../errors.ts';
import type { RowChange } from '../load/sinks.ts';
import { type PlaylistRecord, TABLE_KEYS, type Table } from '../model/records.ts';
import { orTableError } from './one-call.ts';
import { runAll } from './run-all.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import { isRefusal, toRefusalError } from './table-errors.ts';
import type { TableNames } from './table-names.ts';

const CALLS_IN_FLIGHT = 8;

/**
 * Sets just these attributes of rows, and takes away the dropped ones.
 *
 * @throws SkippableError `ROW_REFUSED` where DynamoDB takes one as it is not
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export async function updateRows(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { changes, limits }: { readonly changes: readonly RowChange[]; readonly limits: RunLimits },
): Promise<void> {
  await runAll(changes, CALLS_IN_FLIGHT, ({ attributes, ...row }) => {
    const update = new UpdateCommand(toSetRequest(names, row, attributes));
    const what = `the update of ${row.table} ${row.key}`;
    return orTableError({ what, limits }, () => client.send(update, withinTime(limits))).catch(
      (cause: unknown) => {
        throw isRefusal(cause) ? toRefusalError([row], { cause, wanted: changes.length }) : cause;
      },
    );
  });
}

/**
 * Sets the playlist's row; attributes it lacks stay as stored, but for the dropped ones.
 *
 * @throws SkippableError `NEWER_RUN_WON` where a newer read is stored
 * @throws RetriableError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export async function setPlaylistRow(
  client: DynamoDBDocumentClient,
  names: TableNames,
  {
    dropped,
    limits,
    record,
  }: {
    readonly record: PlaylistRecord;
    readonly dropped?: readonly string[];
    readonly limits: RunLimits;
  },
): Promise<void> {
  const update = new UpdateCommand(toPlaylistRequest(names, record, dropped));
  try {
    await orTableError({ what: "the write of the playlist's row", limits }, () =>
      client.send(update, withinTime(limits)),
    );
  } catch (error) {
    throw error instanceof ConditionalCheckFailedException ? newerRunWon(error) : error;
  }
}

/** The request that sets a playlist's row, as a value. */
export function toPlaylistRequest(
  names: TableNames,
  record: PlaylistRecord,
  dropped?: readonly string[],
): UpdateCommandInput {
  const { playlist_id, ...attributes } = record;
  const request = toSetRequest(
    names,
    { table: 'playlist', key: playlist_id, ...(dropped && { dropped }) },
    attributes,
  );
  // No row yet, or one that was never dated: whatever wrote that, this read is newer.
  const isUndated =
    'attribute_not_exists(extracted_at) OR NOT attribute_type(extracted_at, :string)';
  // Closes the race of two runs of one playlist: the older read comes last and must not win. Equal is this very run,
  // repeated after its answer was lost.
  const isNotOlder = 'extracted_at <= :extracted_at';
  return {
    ...request,
    ConditionExpression: `${isUndated} OR ${isNotOlder}`,
    ExpressionAttributeValues: {
      ...request.ExpressionAttributeValues,
      ':extracted_at': record.extracted_at,
      ':string': 'S',
    },
  };
}

/** `SET` of these attributes of one row, and `REMOVE` of the dropped ones, as a value. The key itself is not set. */
export function toSetRequest(
  names: TableNames,
  {
    dropped = [],
    key,
    table,
  }: { readonly table: Table; readonly key: string; readonly dropped?: readonly string[] },
  attributes: Readonly<Record<string, unknown>>,
): UpdateCommandInput {
  const entries = Object.entries(attributes).filter(([name]) => name !== TABLE_KEYS[table]);
  return {
    TableName: names[table],
    Key: { [TABLE_KEYS[table]]: key },
    UpdateExpression: [
      toClause(
        'SET',
        entries.map((_, index) => `#a${index} = :a${index}`),
      ),
      toClause(
        'REMOVE',
        dropped.map((_, index) => `#d${index}`),
      ),
    ]
      .flat()
      .join(' '),
    ExpressionAttributeNames: Object.fromEntries([
      ...entries.map(([name], index) => [`#a${index}`, name] as const),
      ...dropped.map((name, index) => [`#d${index}`, name] as const),
    ]),
    ...(entries.length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(
        entries.map(([, value], index) => [`:a${index}`, value]),
      ),
    }),
  };
}

/** A clause without actions is refused. */
function toClause(name: 'SET' | 'REMOVE', actions: readonly string[]): string[] {
  return actions.length === 0 ? [] : [`${name} ${actions.join(', ')}`];
}

function newerRunWon(cause: unknown): SkippableError {
  return new SkippableError(
    'NEWER_RUN_WON',
    'While this run was reading, a newer one loaded the same playlist. Its rows stand; nothing is left to do.',
    { cause },
  );
}
