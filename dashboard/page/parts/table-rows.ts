/** The rows of a table that is searched and sorted. */
import type { ComponentChild } from 'preact';
import type { ChartTable } from '../../../charts/chart.ts';

export type Column<Row> = {
  readonly name: string;
  /** What it is sorted by, and what a file gets. */
  readonly value: (row: Row) => string | number;
  /** By default the value. */
  readonly show?: (row: Row) => ComponentChild;
  /** There is no room for it on a phone. */
  readonly isWide?: boolean;
};

export type Sorting = { readonly column: number; readonly isDescending: boolean };

const COLLATOR = new Intl.Collator('en', { numeric: true });

export function searchRows<Row>(
  rows: readonly Row[],
  query: string,
  textOf: ((row: Row) => string) | undefined,
): readonly Row[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '' || textOf === undefined) return rows;
  return rows.filter((row) => textOf(row).toLowerCase().includes(wanted));
}

export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const column = sorting && columns[sorting.column];
  if (column === undefined) return rows;
  const direction = sorting?.isDescending ? -1 : 1;
  const keyed = rows.map((row) => ({ row, key: column.value(row) }));
  return keyed.sort((one, other) => direction * compare(one.key, other.key)).map(({ row }) => row);
}

function compare(one: string | number, other: string | number): number {
  return typeof one === 'number' && typeof other === 'number'
    ? one - other
    : COLLATOR.compare(String(one), String(other));
}

/** All of them, for a file. */
export function toTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): ChartTable {
  return {
    head: columns.map(({ name }) => name),
    rows: rows.map((row) => columns.map(({ value }) => value(row))),
  };
}
