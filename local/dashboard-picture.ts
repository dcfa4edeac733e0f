/** `npm run picture:dashboard`: draws the dashboard of a simulated library, as docs/dashboard.png. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildIfStale } from '../cli/build.cjs';
import { createDashboard } from '../cli/dashboard/dashboard.ts';
import { writeDashboard } from '../cli/dashboard/file.ts';
import { findChromium, launchChromium } from './chromium.ts';
import { fillYears } from './fill-years.ts';

/** All of it happened then, so that every picture is the same. This seed has no odd name among the tops. */
const YEARS = { nowMs: Date.UTC(2026, 10, 29, 19), years: 3, plays: 95_000, artists: 12, seed: 3 };
const SIZE = { width: 1280, height: 1204 };
const PICTURE = 'docs/dashboard.png';

async function draw(): Promise<void> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('It takes Chromium. CHROMIUM_PATH can name it.');
  buildIfStale();
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-picture-'));
  try {
    const place = join(folder, 'library.db');
    await fillYears(place, YEARS);
    const file = join(folder, 'dashboard.html');
    const library = { place, authToken: undefined };
    await writeDashboard(
      createDashboard({ place: library, environment: {}, nowMs: YEARS.nowMs }),
      file,
    );
    const browser = await launchChromium({ executablePath, folder });
    const page = await browser.newPage({ viewport: SIZE, timezoneId: 'Europe/Berlin' });
    await page.goto(pathToFileURL(file).href);
    // What is below the first chart comes after it.
    await page.locator('.tops li').first().waitFor();
    await page.screenshot({ path: PICTURE });
    await browser.close();
  } finally {
    await rm(folder, { recursive: true });
  }
}

draw().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
