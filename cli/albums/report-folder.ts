import { stat, writeFile } from 'node:fs/promises';
import type { FileSink } from '../../app/album-report.ts';
import { UsageError } from '../../lib/usage-error.ts';
import { createWorkFolder } from '../export/atomic-files.ts';

/** A folder: all files are there, or none. */
export function createFolderSink(out: string): FileSink {
  return {
    putFiles: async (files) => {
      await assertFolder(out);
      const work = await createWorkFolder(out, Date.now());
      try {
        for (const { content, path } of files) {
          await work.addFile(path, (temporary) => writeFile(temporary, content, { flag: 'wx' }));
        }
        await work.publish();
      } finally {
        await work.remove();
      }
    },
  };
}

async function assertFolder(out: string): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (found?.isDirectory() === false) throw new UsageError(`${out} is a file. Name a folder.`);
}
