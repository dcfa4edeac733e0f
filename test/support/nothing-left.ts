/** After all tests of a run: fails where one of them has left something in the temporary folder. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RUN_FOLDER } from './own-tmpdir.ts';

export default async function tearDown(): Promise<void> {
  const folder = process.env[RUN_FOLDER];
  if (folder === undefined) return;
  const left = await readdir(join(folder, 'tmp'));
  await rm(folder, { recursive: true });
  if (left.length > 0) {
    throw new Error(`Tests left these in the temporary folder: ${left.join(', ')}.`);
  }
}
