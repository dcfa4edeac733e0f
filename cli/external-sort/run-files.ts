import { type FileHandle, open, rm } from 'node:fs/promises';
import { type Cursor, grow } from './merge-runs.ts';
import { endOf } from './run-records.ts';

const READ_BYTES = 64 * 1024;

/** Writes a run of records. */
export async function writeRun(path: string, blocks: AsyncIterable<Buffer>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for await (const block of blocks) await file.appendFile(block);
  } finally {
    await file.close();
  }
}

/** Lets `work` read these runs, then removes them, even on failure. */
export async function* withRuns(
  paths: readonly string[],
  read: (cursors: readonly Cursor[]) => AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const files: FileHandle[] = [];
  try {
    for (const path of paths) files.push(await open(path, 'r'));
    yield* read(files.map(createFileCursor));
  } finally {
    for (const file of files) await file.close();
    for (const path of paths) await rm(path);
  }
}

/** Reads a run with one buffer, which grows to the largest record. */
function createFileCursor(file: FileHandle): Cursor {
  let bytes: Buffer = Buffer.allocUnsafe(READ_BYTES);
  let at = 0;
  let nextAt = 0;
  let end = 0;
  const readMore = async (): Promise<boolean> => {
    bytes.copyWithin(0, nextAt, end);
    end -= nextAt;
    at = nextAt = 0;
    while (endOf(bytes, 0, end) > end) {
      bytes = grow(bytes, { used: end, wanted: endOf(bytes, 0, end) });
      const { bytesRead } = await file.read(bytes, end, bytes.length - end);
      if (bytesRead === 0) return false;
      end += bytesRead;
    }
    nextAt = endOf(bytes, 0, end);
    return true;
  };
  return {
    get bytes() {
      return bytes;
    },
    get at() {
      return at;
    },
    next: () => {
      at = nextAt;
      const after = endOf(bytes, at, end);
      if (after > end) return readMore();
      nextAt = after;
      return true;
    },
  };
}
