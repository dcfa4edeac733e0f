/** Before the tests: the run gets a temporary folder of its own, so that nothing-left.ts sees what it left behind. */
import { chmodSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names the folder of this run for all its processes: `tmp/` is its temporary folder, the rest is the set-up's. */
export const RUN_FOLDER = 'TEST_RUN_FOLDER';

export default function setUp(): void {
  // Each tier of a run asks for it.
  if (process.env[RUN_FOLDER] !== undefined) return;
  const folder = mkdtempSync(join(tmpdir(), 'spotify-etl-tests-'));
  // A test can start a program as another user.
  chmodSync(folder, 0o755);
  mkdirSync(join(folder, 'tmp'));
  process.env[RUN_FOLDER] = folder;
  process.env.TMPDIR = join(folder, 'tmp');
  // Node and tsx keep their caches there otherwise.
  process.env.NODE_COMPILE_CACHE = join(folder, 'compile-cache');
  process.env.TSX_DISABLE_CACHE = '1';
  // Where a program keeps its data that no test named a folder for.
  process.env.XDG_DATA_HOME = join(folder, 'data');
}
