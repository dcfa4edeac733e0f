/** Before the system tests: the command in one file, and a place for the packages that some tests look at, made by the first. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCli } from './bundle-cli.ts';
import { PACKAGES_FOLDER } from './packaged-stack.ts';

export default async function setUp(): Promise<void> {
  process.env[PACKAGES_FOLDER] = await mkdtemp(join(tmpdir(), 'spotify-etl-packages-'));
  await bundleCli();
}
