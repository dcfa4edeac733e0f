import type { CatalogueTable } from '../../etl/model/records.ts';
import type { TableNames } from './table-names.ts';

/** Cut into stretches of at most `size`, in order. */
export function chunk<Unit>(units: readonly Unit[], size: number): Unit[][] {
  return Array.from({ length: Math.ceil(units.length / size) }, (_, index) =>
    units.slice(index * size, (index + 1) * size),
  );
}

/** One entry per physical table, as batch requests want it. */
export function groupByTableName<Unit extends { readonly table: CatalogueTable }, Entry>(
  names: TableNames,
  units: readonly Unit[],
  toEntry: (unit: Unit) => Entry,
): Record<string, Entry[]> {
  const grouped: Record<string, Entry[]> = {};
  for (const unit of units) (grouped[names[unit.table]] ??= []).push(toEntry(unit));
  return grouped;
}
