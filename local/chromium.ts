/** A real browser without a window, for pictures and tests of pages. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** `CHROMIUM_PATH`, or where one usually is; undefined where there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM_PATH: named } = process.env;
  return named !== undefined && named !== ''
    ? named
    : USUAL_PLACES.find((path) => existsSync(path));
}

type LaunchOptions = {
  readonly executablePath: string;
  /** Its settings and caches go there, and not into the home. */
  readonly folder: string;
  readonly args?: readonly string[];
};

/** Starts it. Root has to do without its sandbox. */
export function launchChromium({
  args = [],
  executablePath,
  folder,
}: LaunchOptions): Promise<Browser> {
  const sandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env = { ...process.env, XDG_CACHE_HOME: folder, XDG_CONFIG_HOME: folder };
  return chromium.launch({ executablePath, args: [...sandbox, ...args], env });
}
