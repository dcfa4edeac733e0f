import { InvalidArgumentError } from 'commander';
import type { Table } from '../../etl/model/records.ts';
import { EXPORT_TABLES } from './columns.ts';

/** `playlist,track` as tables. */
export function parseTables(text: string): Table[] {
  const names = text.split(',').map((name) => name.trim());
  return names.map((name) => {
    const table = EXPORT_TABLES.find((one) => one === name);
    if (table !== undefined) return table;
    throw new InvalidArgumentError(`Choose from ${EXPORT_TABLES.join(', ')}, with commas between.`);
  });
}
