import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { EtlError } from '../../etl/errors.ts';
import type { RowChange } from '../../etl/load/sinks.ts';
import { type PlaylistRecord, TABLE_KEYS, type Table } from '../../etl/model/records.ts';
import { orLastWriteError, orTableError } from './one-call.ts';
import { runAll } from './run-all.ts';
import { type RunLimits, withinTime } from './run-limits.ts';
import { isRefusal, type RefusedRow, toRefusalError } from './table-errors.ts';
import type { TableNames } from './table-names.ts';

const CALLS_IN_FLIGHT = 8;

/**
 * Sets just these attributes of rows, and takes away the dropped ones while they are as they were seen. A row that DynamoDB
 * refuses does not keep the others from theirs.
 *
 * @throws EtlError `ROW_REFUSED` where DynamoDB takes one as it is not
 * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`
 */
export async function updateRows(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { changes, limits }: { readonly changes: readonly RowChange[]; readonly limits: RunLimits },
): Promise<void> {
  const refused: RefusedRow[] = [];
  await runAll(changes, CALLS_IN_FLIGHT, async (change) => {
    try {
      await updateRow(client, names, { change, limits });
    } catch (cause) {
      if (!isRefusal(cause)) throw cause;
      refused.push({ row: change, cause });
    }
  });
  if (refused.length > 0) throw toRefusalError(refused, changes.length);
}

async function updateRow(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { change, limits }: { readonly change: RowChange; readonly limits: RunLimits },
): Promise<void> {
  const what = `the update of ${change.table} ${change.key}`;
  const send = (request: UpdateCommandInput): Promise<unknown> =>
    orTableError({ what, limits }, () =>
      client.send(new UpdateCommand(request), withinTime(limits)),
    );
  try {
    await send(toChangeRequest(names, change));
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Another run has mended meanwhile what was to be dropped: that stays.
    const { attributes, dropped, ...row } = change;
    if (Object.keys(attributes).length > 0) await send(toSetRequest(names, row, attributes));
  }
}

function toChangeRequest(
  names: TableNames,
  { attributes, dropped = {}, ...row }: RowChange,
): UpdateCommandInput {
  const seen = Object.entries(dropped);
  const request = toSetRequest(names, { ...row, dropped: Object.keys(dropped) }, attributes);
  if (seen.length === 0) return request;
  return {
    ...request,
    ConditionExpression: seen.map((_, index) => `#d${index} = :d${index}`).join(' AND '),
    ExpressionAttributeValues: {
      ...request.ExpressionAttributeValues,
      ...Object.fromEntries(seen.map(([, value], index) => [`:d${index}`, value])),
    },
  };
}

type PlaylistWrite = {
  readonly record: PlaylistRecord;
  readonly dropped?: readonly string[];
};

/**
 * Sets the playlist's row; attributes it lacks stay as stored, but for the dropped ones.
 *
 * @throws EtlError `NEWER_RUN_WON` where a newer read is stored; `ROW_REFUSED` where DynamoDB takes it as it is not
 * @throws EtlError `TABLE_THROTTLED`, `TABLE_UNAVAILABLE`, `LOAD_INCOMPLETE`; the row may then stand all the same
 */
export async function setPlaylistRow(
  client: DynamoDBDocumentClient,
  names: TableNames,
  { limits, ...write }: PlaylistWrite & { readonly limits: RunLimits },
): Promise<void> {
  const update = new UpdateCommand(toPlaylistRequest(names, write, limits.clock.now()));
  try {
    await orLastWriteError(limits, () => client.send(update, withinTime(limits)));
  } catch (cause) {
    if (cause instanceof ConditionalCheckFailedException) throw newerRunWon(cause);
    if (!isRefusal(cause)) throw cause;
    const row = { table: 'playlist', key: write.record.playlist_id } as const;
    throw toRefusalError([{ row, cause }], 1);
  }
}

/** By how much the clock of another run may be ahead. */
const CLOCK_SKEW_MS = 300_000;

/** The request that sets a playlist's row, as a value. */
export function toPlaylistRequest(
  names: TableNames,
  { dropped, record }: PlaylistWrite,
  now: number,
): UpdateCommandInput {
  const { playlist_id, ...attributes } = record;
  const request = toSetRequest(
    names,
    { table: 'playlist', key: playlist_id, ...(dropped && { dropped }) },
    attributes,
  );
  // No row yet, or one that was never dated: whatever wrote that, this read is newer. So it is where the date is yet to come,
  // of a clock that was wrong: it would keep the list as it is until then.
  const isUndated =
    'attribute_not_exists(extracted_at) OR NOT attribute_type(extracted_at, :string) OR extracted_at > :believable';
  // Closes the race of two runs of one playlist: the older read comes last and must not win. Equal is this very run,
  // repeated after its answer was lost.
  const isNotOlder = 'extracted_at <= :extracted_at';
  return {
    ...request,
    ConditionExpression: `${isUndated} OR ${isNotOlder}`,
    ExpressionAttributeValues: {
      ...request.ExpressionAttributeValues,
      ':believable': new Date(now + CLOCK_SKEW_MS).toISOString(),
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

function newerRunWon(cause: unknown): EtlError {
  return new EtlError(
    'NEWER_RUN_WON',
    'While this run was reading, a newer one loaded the same playlist. Its rows stand; nothing is left to do.',
    { cause },
  );
}
