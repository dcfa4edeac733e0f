import type { StoredRow, TableReader } from '../../app/app.ts';
import type { Table } from '../../etl/model/records.ts';
import type { RowProgress } from '../shared/row-bar.ts';
import type { Entry } from './run-records.ts';
import type { Sorter } from './sorted-runs.ts';

export type TableReading = {
  /** Physical name of each table. */
  readonly tableNames: Readonly<Record<Table, string>>;
  /** Memory of one sorted run. */
  readonly runBytes?: number | undefined;
  readonly onProgress?: ((progress: RowProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

type Target = {
  readonly sorter: Sorter;
  readonly toEntries: (row: StoredRow) => readonly Entry[];
};

/** Adds every row of a table to a sort. Returns their number. */
export async function sortTable(
  reader: Pick<TableReader, 'countRowsAbout' | 'listPages'>,
  { onProgress, signal, table, tableNames }: TableReading & { readonly table: Table },
  { sorter, toEntries }: Target,
): Promise<number> {
  const totalRows = await reader.countRowsAbout(tableNames[table]);
  let rows = 0;
  onProgress?.({ table, phase: 'read', rows, totalRows });
  for await (const page of reader.listPages(tableNames[table])) {
    signal?.throwIfAborted();
    for (const row of page) {
      for (const entry of toEntries(row)) {
        // Awaited only when a run is full: once in many entries.
        const spilled = sorter.add(entry);
        if (spilled !== undefined) await spilled;
      }
    }
    rows += page.length;
    onProgress?.({ table, phase: 'read', rows, totalRows });
  }
  return rows;
}
