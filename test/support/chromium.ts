/** A real browser, where this machine has one. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { RUN_FOLDER } from './own-tmpdir.ts';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/**
 * `CHROMIUM_PATH`, or wherever one usually is; undefined where there is none.
 *
 * @throws Error instead of undefined where REQUIRE_BROWSER is set
 */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH: named, REQUIRE_BROWSER: required } = process.env;
  if (named !== undefined && named !== '') return named;
  const found = USUAL_PLACES.find((path) => existsSync(path));
  if (found !== undefined || required !== '1') return found;
  throw new Error(
    'There is no Chromium here, and REQUIRE_BROWSER is set. CHROMIUM_PATH can name one.',
  );
}

/** Starts it without a window, and with no settings in the home. Root has to do without its sandbox. */
export function launchChromium(
  executablePath: string,
  ...args: readonly string[]
): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const settings = join(process.env[RUN_FOLDER] ?? '', 'chromium');
  const env = { ...process.env, XDG_CACHE_HOME: settings, XDG_CONFIG_HOME: settings };
  return chromium.launch({ executablePath, args: [...sandbox, ...args], env });
}
