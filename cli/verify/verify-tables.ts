import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { TableReader } from '../../app/app.ts';
import type { Table } from '../../etl/model/records.ts';
import { EXPORT_TABLES } from '../export/columns.ts';
import { listEntries } from '../external-sort/run-records.ts';
import { createSorter, type Sorter } from '../external-sort/sorted-runs.ts';
import type { RowProgress } from '../shared/row-bar.ts';
import { type Finding, Judge, type Verdict } from './judge.ts';
import { toEntries } from './marks.ts';

export type VerifyOptions = {
  /** Physical name of each table. */
  readonly tableNames: Readonly<Record<Table, string>>;
  /** Called with each finding, in an order that depends only on the rows. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
  /** Memory of one sorted run. */
  readonly runBytes?: number | undefined;
  readonly maxAffected?: number | undefined;
  readonly onProgress?: ((progress: RowProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

type Reader = Pick<TableReader, 'countRowsAbout' | 'listPages'>;

/** Of each table. With their reasons they take some 10 MB. */
const MAX_AFFECTED = 50_000;

/**
 * Goes through every row of the four tables and finds what is wrong with them, in bounded memory: what rows say of themselves and
 * of each other is sorted in temporary files, which are gone afterwards, whatever came of it.
 *
 * @throws EtlError `TABLE_THROTTLED`, or what the SDK throws
 */
export async function verifyTables(reader: Reader, options: VerifyOptions): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-verify-'));
  try {
    const sorter = createSorter(folder, options.runBytes);
    let entries = 0;
    // A run writes a playlist's row last: what a row refers to is in the tables that are read after it.
    for (const table of EXPORT_TABLES)
      entries += await sortTable(reader, { sorter, table }, options);
    return await compare(sorter.listSorted(), entries, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function sortTable(
  reader: Reader,
  { sorter, table }: { readonly sorter: Sorter; readonly table: Table },
  { onProgress, signal, tableNames }: VerifyOptions,
): Promise<number> {
  const totalRows = await reader.countRowsAbout(tableNames[table]);
  let rows = 0;
  let entries = 0;
  onProgress?.({ table, phase: 'read', rows, totalRows });
  for await (const page of reader.listPages(tableNames[table])) {
    signal?.throwIfAborted();
    for (const row of page) {
      for (const entry of toEntries(table, row)) {
        // Awaited only where a run is full: once in many entries.
        const spilled = sorter.add(entry);
        if (spilled !== undefined) await spilled;
        entries += 1;
      }
    }
    rows += page.length;
    onProgress?.({ table, phase: 'read', rows, totalRows });
  }
  return entries;
}

async function compare(
  blocks: AsyncIterable<Buffer>,
  totalRows: number,
  { maxAffected = MAX_AFFECTED, onFinding, onProgress, signal }: VerifyOptions,
): Promise<Verdict> {
  const judge = new Judge(onFinding, maxAffected);
  let rows = 0;
  for await (const block of blocks) {
    // A sort that fits into memory never waits: only here can a signal arrive.
    await setImmediate();
    signal?.throwIfAborted();
    for (const entry of listEntries(block)) {
      judge.add(entry);
      rows += 1;
    }
    onProgress?.({ table: 'marks', phase: 'compare', rows, totalRows });
  }
  return judge.end();
}
