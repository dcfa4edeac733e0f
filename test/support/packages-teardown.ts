/** After the system tests. */
import { rm } from 'node:fs/promises';
import { PACKAGES_FOLDER } from './packaged-stack.ts';

export default async function tearDown(): Promise<void> {
  await rm(process.env[PACKAGES_FOLDER] ?? '', { recursive: true, force: true });
}
