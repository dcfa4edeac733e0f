/** External merge sort: sorted runs of bounded size in files, then one merge over them. */
import { createReadStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { compareEntries, type Entry, mergeSorted } from './merge-sorted.ts';

export type RowSorter = {
  readonly add: (entries: readonly Entry[]) => Promise<void>;
  /** Everything added, in order. Call it once, after the last `add`. */
  readonly listSorted: () => AsyncIterable<readonly Entry[]>;
};

/** Memory of one run; measured in bench/README.md. */
export const RUN_BYTES = 8 * 1024 * 1024;
/** Runs that are merged at once: each costs a file descriptor and a read buffer. */
const MAX_RUNS = 64;
const READ_BYTES = 32 * 1024;
const LINES_PER_WRITE = 500;
/** What an entry takes besides its characters. */
const ENTRY_BYTES = 100;

/** Sorts any number of entries in bounded memory, with temporary files in this folder. */
export function createRowSorter(folder: string, runBytes: number = RUN_BYTES): RowSorter {
  let run: Entry[] = [];
  let bytes = 0;
  let paths: string[] = [];
  let written = 0;
  const write = async (batches: AsyncIterable<readonly Entry[]>): Promise<string> => {
    written += 1;
    const path = join(folder, `run-${written}`);
    await writeRun(path, batches);
    return path;
  };
  const spill = async (): Promise<void> => {
    const sorted = run.sort(compareEntries);
    run = [];
    bytes = 0;
    paths.push(await write(inBatches(sorted)));
    if (paths.length < MAX_RUNS) return;
    const merged = await write(mergeSorted(paths.map(readRun)));
    await Promise.all(paths.map((path) => rm(path)));
    paths = [merged];
  };
  return {
    add: async (entries) => {
      for (const entry of entries) {
        run.push(entry);
        bytes += entry.key.length + entry.line.length + ENTRY_BYTES;
        if (bytes >= runBytes) await spill();
      }
    },
    listSorted: () => {
      const rest = inBatches(run.sort(compareEntries));
      run = [];
      return mergeSorted([...paths.map(readRun), rest]);
    },
  };
}

// eslint-disable-next-line @typescript-eslint/require-await -- a sequence in memory, where others are files
async function* inBatches(entries: readonly Entry[]): AsyncGenerator<readonly Entry[]> {
  for (let start = 0; start < entries.length; start += LINES_PER_WRITE) {
    yield entries.slice(start, start + LINES_PER_WRITE);
  }
}

/** A key as JSON has no tab, and a line no end of line: together they are one line of a run. */
async function writeRun(path: string, batches: AsyncIterable<readonly Entry[]>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const batch of batches) {
      const lines = batch.map(({ key, line }) => `${JSON.stringify(key)}\t${line}\n`);
      await file.appendFile(lines.join(''));
    }
  } finally {
    await file.close();
  }
}

async function* readRun(path: string): AsyncGenerator<readonly Entry[]> {
  const chunks: AsyncIterable<unknown> = createReadStream(path, {
    encoding: 'utf8',
    highWaterMark: READ_BYTES,
  });
  let rest = '';
  for await (const chunk of chunks) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    if (lines.length > 0) yield lines.map(toEntry);
  }
}

const keySchema = z.string();

function toEntry(text: string): Entry {
  const tab = text.indexOf('\t');
  return { key: keySchema.parse(JSON.parse(text.slice(0, tab))), line: text.slice(tab + 1) };
}
