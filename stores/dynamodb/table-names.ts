import { CATALOGUE_TABLES, type CatalogueTable, type Table } from '../../etl/model/records.ts';

/** Physical name of each table. */
export type TableNames = Readonly<Record<Table, string>>;

/** Which catalogue table a physical name stands for. */
export function toCatalogueTable(names: TableNames, tableName: string): CatalogueTable {
  const table = CATALOGUE_TABLES.find((candidate) => names[candidate] === tableName);
  if (table === undefined) throw new Error(`DynamoDB answered for a table not asked: ${tableName}`);
  return table;
}
