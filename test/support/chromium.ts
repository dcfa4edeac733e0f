/** A real browser, where this machine has one. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { findChromium, launchChromium as launch } from '../../local/chromium.ts';
import { RUN_FOLDER } from './own-tmpdir.ts';

const executablePath = findChromium();

/**
 * Describes tests that need a browser. Where there is none they are skipped, and their name says so.
 *
 * @throws Error instead where REQUIRE_BROWSER is set, as in `.ci/run`
 */
export function inBrowser(name: string, tests: () => void): void {
  if (executablePath !== undefined) describe(name, tests);
  else if (process.env.REQUIRE_BROWSER !== '1')
    describe.skip(`${name} (skipped: no Chromium here, CHROMIUM_PATH may name one)`, tests);
  else
    throw new Error(
      'There is no Chromium here, and REQUIRE_BROWSER is set. CHROMIUM_PATH can name one.',
    );
}

/** Starts it with its settings in the folder of this run of the tests. */
export function launchChromium(...args: readonly string[]): Promise<Browser> {
  const folder = join(process.env[RUN_FOLDER] ?? '', 'chromium');
  return launch({ executablePath: executablePath ?? '', folder, args });
}
