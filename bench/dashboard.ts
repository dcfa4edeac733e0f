/** The dashboard of ten years: its size, and how long a browser takes to draw and to change it, to the least it has to compute. */
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { BrowserContext, Page } from 'playwright-core';
import { findChromium, launchChromium } from '../local/chromium.ts';
import { fillYears } from '../local/fill-years.ts';
import { NODE } from './children.ts';
import { type Bench, type Bound, round } from './report.ts';
import { ratioOf, summarise, toCell } from './samples.ts';

const CLI = resolve('cli/spotify-etl.cjs');
const FLOOR = require.resolve('./programs/dashboard-floor.ts');
/** Some are in private sessions, or come twice in the export: 235,000 stay. */
const ROWS = 242_000;
/** A little more than the 15,000 of the bound: a new song can take the only play of an old one. */
const SONGS = 15_100;
const YEARS = 10;
const ROUNDS = 7;
const MAX_MB = 4;
const MAX_RATIO = 3;
const ZONES = { first: 'Europe/Berlin', other: 'America/New_York' };

/** As a person types it, and leaves the field. */
const CHANGE_ZONE = `{
  const field = document.querySelector('.settings input');
  field.value = '${ZONES.other}';
  performance.mark('asked');
  field.dispatchEvent(new Event('change', { bubbles: true }));
}`;
const CHANGE_PERIOD = `performance.mark('asked'); location.hash = '#/overview?period=all'`;

const STEPS = ['first chart', 'change of period', 'change of zone'] as const;
type Round = Readonly<Record<(typeof STEPS)[number] | 'floor', number>>;

export const benchDashboard: Bench = async ({ folder }, tell) => {
  tell('dashboard: ten years of plays');
  const { file, html, ms, plays, songs } = await makeFile(folder);
  const floor = await makeFloor(folder, html);
  const rounds = await measure({ file, floor, folder }, tell);
  const of = (step: keyof Round): number[] => rounds.map((each) => each[step]);
  const bytes = Buffer.byteLength(html);
  const ratios = STEPS.map((step) => [step, ratioOf(of(step), of('floor'))] as const);
  return {
    bench: 'dashboard',
    title: `Dashboard of ${plays} plays and ${songs} songs: ${round(bytes / 1e6)} MB, written in ${round(ms / 1000)} s`,
    rows: [
      ['in Chromium', `ms as median (min–max) of ${ROUNDS}`, 'ratio'],
      ...ratios.map(([step, ratio]) => [step, toCell(summarise(of(step))), `${round(ratio)} ×`]),
      ['the least: unpack and count', toCell(summarise(of('floor'))), '1 ×'],
    ],
    bounds: [
      { what: 'the file', measured: bytes / 1e6, limit: MAX_MB, unit: 'MB' },
      ...ratios.map(([what, measured]): Bound => ({ what, measured, limit: MAX_RATIO, unit: '×' })),
    ],
    figures: { plays, songs, bytes, writtenMs: ms, rounds },
  };
};

type Made = { readonly file: string; readonly html: string; readonly ms: number } & Counts;
type Counts = Readonly<Record<'plays' | 'songs', number>>;

async function makeFile(folder: string): Promise<Made> {
  const [library, file] = [join(folder, 'library.db'), join(folder, 'dashboard.html')];
  const years = { nowMs: Date.now(), years: YEARS, plays: ROWS, artists: 12 };
  await fillYears(library, { ...years, hasSeasons: false });
  addSongs(library);
  const startedAt = performance.now();
  await promisify(execFile)(NODE, [CLI, 'dashboard', '--library', library, '--out', file]);
  const ms = performance.now() - startedAt;
  return { file, html: await readFile(file, 'utf8'), ms, ...count(library) };
}

const ADD_SONGS = `INSERT INTO item (uri, kind, name, main_artist, parent_name, duration_ms)
  SELECT uri || 'x', kind, name || ' II', main_artist, parent_name, duration_ms
  FROM item WHERE kind = 'track' AND item_id IN (SELECT item_id FROM play) LIMIT ?`;
/** One of their plays is of the new song. */
const PLAY_SONGS = `UPDATE play SET item_id = other.item_id
  FROM (SELECT max(play_id) AS play_id, new.item_id FROM item AS new JOIN item AS old ON new.uri = old.uri || 'x'
    JOIN play ON play.item_id = old.item_id GROUP BY new.item_id) AS other
  WHERE play.play_id = other.play_id`;

/** The simulated Spotify has fewer songs. */
function addSongs(library: string): void {
  const missing = SONGS - count(library).songs;
  const database = new DatabaseSync(library);
  database.prepare(ADD_SONGS).run(missing);
  database.exec(PLAY_SONGS);
  database.close();
}

function count(library: string): Counts {
  const database = new DatabaseSync(library);
  const [row] = database
    .prepare('SELECT count(*) AS plays, count(DISTINCT item_id) AS songs FROM play')
    .all();
  database.close();
  return { plays: Number(row?.plays), songs: Number(row?.songs) };
}

/** A page with the same data and nothing to see. */
async function makeFloor(folder: string, html: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [FLOOR],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  const [, packed = ''] = /id="data">([^<]*)</.exec(html) ?? [];
  const file = join(folder, 'floor.html');
  const script = outputFiles[0]?.text ?? '';
  await writeFile(
    file,
    `<!doctype html><script type="text/plain" id="data">${packed}</script><script>${script}</script>`,
  );
  return file;
}

type Files = { readonly file: string; readonly floor: string; readonly folder: string };

/** In turns, each in a new page. */
async function measure(
  { file, floor, folder }: Files,
  tell: (what: string) => void,
): Promise<Round[]> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error('It takes Chromium. CHROMIUM_PATH can name it.');
  const browser = await launchChromium({ executablePath, folder });
  const rounds: Round[] = [];
  try {
    for (let at = 1; at <= ROUNDS; at += 1) {
      tell(`dashboard: round ${at} of ${ROUNDS}`);
      const context = await browser.newContext({ timezoneId: ZONES.first });
      rounds.push({ ...(await timePage(context, file)), floor: await timeFloor(context, floor) });
      await context.close();
    }
    return rounds;
  } finally {
    await browser.close();
  }
}

async function timePage(context: BrowserContext, file: string): Promise<Omit<Round, 'floor'>> {
  const page = await context.newPage();
  await page.goto(pathToFileURL(file).href);
  const first = await untilMark(page, 'dashboard:drawn', 0);
  const period = await timeChange(page, CHANGE_PERIOD);
  const zone = await timeChange(page, CHANGE_ZONE);
  await page.close();
  return { 'first chart': first, 'change of period': period, 'change of zone': zone };
}

/** From the mark `asked` to the next one of the page. */
async function timeChange(page: Page, change: string): Promise<number> {
  const changes = await page.evaluate<number>(
    "performance.getEntriesByName('dashboard:changed').length",
  );
  await page.evaluate(change);
  const at = await untilMark(page, 'dashboard:changed', changes);
  return (
    at - (await page.evaluate<number>("performance.getEntriesByName('asked').at(-1).startTime"))
  );
}

/** When the page has set this mark more than so often. Its policy allows no `waitForFunction`, which evaluates a text. */
async function untilMark(page: Page, mark: string, times: number): Promise<number> {
  return await page.evaluate<number>(`new Promise((resolve) => {
    const look = () => {
      const { [${times}]: found } = performance.getEntriesByName('${mark}');
      if (found) resolve(found.startTime);
      else setTimeout(look, 5);
    };
    look();
  })`);
}

async function timeFloor(context: BrowserContext, floor: string): Promise<number> {
  const page = await context.newPage();
  await page.goto(pathToFileURL(floor).href);
  const ms = await page.evaluate<number>(`(async () => {
    const from = performance.now();
    await count(document.getElementById('data').textContent, '${ZONES.first}');
    return performance.now() - from;
  })()`);
  await page.close();
  return ms;
}
