/** Parts of requests and replies, as values. */
import type { UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import { CATALOGUE_TABLES, type CatalogueTable, type Table } from '../../etl/model/records.ts';

/** Physical name of each table. */
export type TableNames = Readonly<Record<Table, string>>;

/** One entry per physical table, as batch requests need it. */
export function groupByTable<Unit extends { readonly table: CatalogueTable }, Entry>(
  names: TableNames,
  units: readonly Unit[],
  toEntry: (unit: Unit) => Entry,
): Record<string, Entry[]> {
  const grouped: Record<string, Entry[]> = {};
  for (const unit of units) (grouped[names[unit.table]] ??= []).push(toEntry(unit));
  return grouped;
}

/** The catalogue table with this physical name. */
export function toCatalogueTable(names: TableNames, tableName: string): CatalogueTable {
  const table = CATALOGUE_TABLES.find((candidate) => names[candidate] === tableName);
  if (table === undefined) throw new Error(`DynamoDB answered for a table not asked: ${tableName}`);
  return table;
}

type Update = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
>;

/** An expression that sets and removes these attributes. Names are placeholders (`#a0`, `#d0`), since many are reserved words. */
export function toUpdate(
  set: Readonly<Record<string, unknown>>,
  removed: readonly string[] = [],
): Update {
  const names = Object.keys(set);
  const sets = names.map((_, index) => `#a${index} = :a${index}`);
  const removes = removed.map((_, index) => `#d${index}`);
  return {
    UpdateExpression: [
      ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
      ...(removes.length === 0 ? [] : [`REMOVE ${removes.join(', ')}`]),
    ].join(' '),
    ExpressionAttributeNames: Object.fromEntries([
      ...names.map((name, index) => [`#a${index}`, name] as const),
      ...removed.map((name, index) => [`#d${index}`, name] as const),
    ]),
    ExpressionAttributeValues: Object.fromEntries(
      names.map((name, index) => [`:a${index}`, set[name]]),
    ),
  };
}
