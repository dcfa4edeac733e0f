/** A Parquet file for each table, with typed columns. */
import { fileWriter, parquetWriteRows, type SchemaElement } from 'hyparquet-writer';
import * as z from 'zod/mini';
import { COLUMNS, type Picture, parseRow } from '../../app/picture.ts';
import { type Table, UNKNOWN } from '../../etl/model/records.ts';
import { RECORD_SCHEMAS, withoutFaults } from '../../etl/model/row-faults.ts';
import { toPages } from '../../lib/pages.ts';
import { type ExportFile, listRows } from './files.ts';

/** A list can have 11,000 items. */
const ROWS_PER_GROUP: Readonly<Record<Table, number>> = {
  playlist: 10,
  track: 5_000,
  album: 5_000,
  artist: 5_000,
};

export function parquetFiles(picture: Picture, tables: readonly Table[]): ExportFile[] {
  return tables.map((table) => ({
    name: `${table}_results.parquet`,
    fill: async (path, count) => {
      await parquetWriteRows({
        writer: fileWriter(path),
        rows: toTyped(table, count(toPages(listRows(picture, table)))),
        columns: COLUMNS[table].map((name) => ({ name })),
        schema: toElements('root', z.toJSONSchema(RECORD_SCHEMAS[table])),
        rowGroupSize: ROWS_PER_GROUP[table],
      });
    },
  }));
}

const TIMES = ['extracted_at', 'playlist_added_at'];

const shapeSchema = z.object({
  type: z.string(),
  items: z.optional(z.unknown()),
  properties: z._default(z.record(z.string(), z.unknown()), {}),
});

/** Everything can be null. */
function toElements(name: string, shape: unknown, isTime = TIMES.includes(name)): SchemaElement[] {
  const { items, properties, type } = shapeSchema.parse(shape);
  const one: SchemaElement = { name, repetition_type: 'OPTIONAL' };
  const members = Object.entries(properties);
  switch (type) {
    case 'object':
      return [
        { ...one, num_children: members.length },
        ...members.flatMap(([member, each]) => toElements(member, each)),
      ];
    case 'array':
      return [
        { ...one, converted_type: 'LIST', num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        ...toElements('element', items, isTime),
      ];
    case 'boolean':
      return [{ ...one, type: 'BOOLEAN' }];
    case 'string':
      return isTime
        ? [{ ...one, type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' }]
        : [{ ...one, type: 'BYTE_ARRAY', converted_type: 'UTF8' }];
    default:
      return [{ ...one, type: 'INT64', ...(isTime && { converted_type: 'TIMESTAMP_MILLIS' }) }];
  }
}

/** Without what is malformed. */
async function* toTyped(
  table: Table,
  pages: AsyncIterable<readonly string[]>,
): AsyncGenerator<object> {
  for await (const page of pages) {
    for (const json of page) {
      const sound = Object.entries(withoutFaults(table, parseRow(json)));
      yield Object.fromEntries(
        sound.map(([name, value]) => [name, TIMES.includes(name) ? toTime(value) : toValue(value)]),
      );
    }
  }
}

/** A time is in seconds since the epoch, or ISO 8601. */
function toTime(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toTime);
  const ms = typeof value === 'number' ? value * 1000 : Date.parse(String(value));
  return value === UNKNOWN || Number.isNaN(ms) ? null : BigInt(ms);
}

function toValue(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(Math.trunc(value));
  if (Array.isArray(value)) return value.map(toValue);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toValue(member)]));
}
