import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { StoredRow, TableReader } from '../../app/app.ts';
import { EXPORT_TABLES } from '../export/columns.ts';
import { listEntries } from '../external-sort/run-records.ts';
import { sortTable, type TableReading } from '../external-sort/sort-table.ts';
import { createSorter } from '../external-sort/sorted-runs.ts';
import { type Finding, Judge, type Verdict } from './judge.ts';
import { toEntries } from './marks.ts';

export type VerifyOptions = TableReading & {
  /** Called with each finding, in an order that depends only on the rows. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
  readonly maxAffected?: number | undefined;
};

type Reader = Pick<TableReader, 'countRowsAbout' | 'listPages'>;

/** Of each table. With their reasons they take some 10 MB. */
const MAX_AFFECTED = 50_000;

/**
 * Checks every row of the four tables in bounded memory: sorts rows and references in temporary files, which it removes even on
 * failure.
 *
 * @throws EtlError `TABLE_THROTTLED`, or an error of the SDK
 */
export async function verifyTables(reader: Reader, options: VerifyOptions): Promise<Verdict> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-verify-'));
  try {
    const sorter = createSorter(folder, options.runBytes);
    let entries = 0;
    // A run writes a playlist's row last, so the rows it refers to are in the tables that are read later.
    for (const table of EXPORT_TABLES) {
      const toMarks = (row: StoredRow) => {
        const marks = toEntries(table, row);
        entries += marks.length;
        return marks;
      };
      await sortTable(reader, { ...options, table }, { sorter, toEntries: toMarks });
    }
    return await compare(sorter.listSorted(), entries, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compare(
  blocks: AsyncIterable<Buffer>,
  totalRows: number,
  { maxAffected = MAX_AFFECTED, onFinding, onProgress, signal }: VerifyOptions,
): Promise<Verdict> {
  const judge = new Judge(onFinding, maxAffected);
  let rows = 0;
  for await (const block of blocks) {
    // A sort that fits into memory never waits, so only here can a signal arrive.
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
