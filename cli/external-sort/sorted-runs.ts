/** External merge sort: sorted runs of bounded size in files, then one merge over them. */
import { join } from 'node:path';
import { type Cursor, grow, mergeRuns } from './merge-runs.ts';
import { withRuns, writeRun } from './run-files.ts';
import { compareRecords, type Entry, sizeOf, writeRecord } from './run-records.ts';

export type Sorter = {
  /** Returns a promise only if a run is full; the next call must wait for it. */
  readonly add: (entry: Entry) => Promise<void> | undefined;
  /** All added records, in order of their keys; a block is valid until the next. Call it once, after `add`. */
  readonly listSorted: () => AsyncIterable<Buffer>;
};

/** Memory of one run. A million tracks make seventy. */
const RUN_BYTES = 4 * 1024 * 1024;
/** Runs that are merged at once: each costs a file descriptor and a buffer. */
const MAX_RUNS = 64;

/** Sorts any number of entries in bounded memory, with temporary files in this folder. */
export function createSorter(folder: string, runBytes: number = RUN_BYTES): Sorter {
  let bytes: Buffer = Buffer.allocUnsafe(runBytes);
  let used = 0;
  let places: number[] = [];
  let paths: string[] = [];
  let written = 0;
  const write = async (blocks: AsyncIterable<Buffer>): Promise<string> => {
    written += 1;
    const path = join(folder, `run-${written}`);
    await writeRun(path, blocks);
    return path;
  };
  const spill = async (): Promise<void> => {
    paths.push(await write(mergeRuns([createMemoryCursor(bytes, places)])));
    used = 0;
    places = [];
    if (paths.length === MAX_RUNS) paths = [await write(withRuns(paths, mergeRuns))];
  };
  const put = (entry: Entry, size: number): void => {
    bytes = grow(bytes, { used, wanted: used + size });
    places.push(used);
    used = writeRecord(bytes, used, entry);
  };
  return {
    add: (entry) => {
      const size = sizeOf(entry);
      if (used === 0 || used + size <= bytes.length) {
        put(entry, size);
        return undefined;
      }
      return spill().then(() => {
        put(entry, size);
      });
    },
    listSorted: () => {
      const rest = createMemoryCursor(bytes, places);
      return withRuns(paths, (cursors) => mergeRuns([...cursors, rest]));
    },
  };
}

/** The records at these places, sorted. */
function createMemoryCursor(bytes: Buffer, places: readonly number[]): Cursor {
  const sorted = places.toSorted((one, other) =>
    compareRecords({ bytes, at: one }, { bytes, at: other }),
  );
  let index = -1;
  return {
    bytes,
    get at() {
      return sorted[index] ?? 0;
    },
    next: () => {
      index += 1;
      return index < sorted.length;
    },
  };
}
