/** Before the system tests: a place for the packages that some of them look at. Nothing is packaged unless one asks. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGES_FOLDER } from './packaged-stack.ts';

export default async function setUp(): Promise<void> {
  process.env[PACKAGES_FOLDER] = await mkdtemp(join(tmpdir(), 'spotify-etl-packages-'));
}
