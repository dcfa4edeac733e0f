/** A real browser, where this machine has one. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium as find, launchChromium as launch } from '../../local/chromium.ts';
import { RUN_FOLDER } from './own-tmpdir.ts';

/**
 * Its path; undefined where there is none.
 *
 * @throws Error instead where REQUIRE_BROWSER is set
 */
export function findChromium(): string | undefined {
  const found = find();
  if (found !== undefined || process.env.REQUIRE_BROWSER !== '1') return found;
  throw new Error(
    'There is no Chromium here, and REQUIRE_BROWSER is set. CHROMIUM_PATH can name one.',
  );
}

/** Starts it with its settings in the folder of this run of the tests. */
export function launchChromium(
  executablePath: string,
  ...args: readonly string[]
): Promise<Browser> {
  const folder = join(process.env[RUN_FOLDER] ?? '', 'chromium');
  return launch({ executablePath, folder, args });
}
