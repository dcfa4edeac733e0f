/** The dashboard's pages in a real browser: as a file and served, on a desk and on a phone, by day and by night. */
import { copyFile, readFile, rename } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { inBrowser, launchChromium } from './support/chromium.ts';
import {
  createWorlds,
  fillAll,
  fillNothing,
  findOverflow,
  findViolations,
  HOSTILE_NAMES,
  visit,
  type World,
  type Worlds,
} from './support/dashboard-world.ts';

const PAGES = ['overview', 'time', 'songs', 'artists', 'albums', 'shows'];
const TIMELESS = ['playlists', 'album-lengths', 'health'];
const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

let browser: Browser;
let worlds: Worlds;
let all: World;
let file: string;
let served: string;

inBrowser('the dashboard', () => {
  beforeAll(async () => {
    browser = await launchChromium();
    worlds = await createWorlds();
    all = worlds.open('all');
    await fillAll(all);
    file = await all.write();
    served = await all.serve();
  });
  afterAll(async () => {
    await browser.close();
    await worlds.close();
  });

  describe.each(['light', 'dark'] as const)('every page, %s', (colorScheme) => {
    test.each([
      ['a file on a desk', 'file', 'desk'],
      ['a file on a phone', 'file', 'phone'],
      ['served on a desk', 'served', 'desk'],
      ['served on a phone', 'served', 'phone'],
    ] as const)(
      '%s: no error, no request, nothing out of sight, nothing that axe finds',
      async (_, place, size) => {
        const at = await visit(browser, place === 'file' ? file : served, {
          viewport: SIZES[size],
          colorScheme,
        });
        const [list] = all.query('SELECT playlist_id AS id FROM playlist ORDER BY 1');
        const hashes = [
          ...[...PAGES, ...TIMELESS].map((page) => `#/${page}`),
          '#/time/2026-11-20?period=all',
          `#/playlists/${String(list?.id)}`,
        ];
        const found: Record<string, unknown> = {};
        for (const hash of hashes) {
          await at.goTo(hash);
          found[hash] = { overflow: await findOverflow(at), violations: await findViolations(at) };
        }
        await at.close();

        const nothing = { overflow: 0, violations: [] };
        expect(found).toEqual(Object.fromEntries(hashes.map((hash) => [hash, nothing])));
        expect(at.problems).toEqual([]);
      },
    );

    test.each(['desk', 'phone'] as const)('a year in review on a %s', async (size) => {
      const at = await visit(browser, await all.write({ year: 2026 }), {
        viewport: SIZES[size],
        colorScheme,
      });
      expect(await at.page.locator('h1').innerText()).toContain('2026');
      expect(await findOverflow(at)).toBe(0);
      expect(await findViolations(at)).toEqual([]);
      await at.close();
      expect(at.problems).toEqual([]);
    });
  });

  test('hostile names are shown as they are', async () => {
    const at = await visit(browser, file);
    const shown = async (hash: string): Promise<string> => {
      await at.goTo(hash);
      return await at.page.locator('main').innerText();
    };
    const songs = await shown('#/songs');
    const artists = await shown('#/artists');
    const playlists = await shown('#/playlists');
    await at.close();

    const plain = (text: string): string => text.replaceAll(/\s+/g, ' ');
    for (const name of Object.values(HOSTILE_NAMES)) {
      expect(plain(songs)).toContain(plain(name));
      expect(plain(artists)).toContain(plain(name));
      expect(plain(playlists)).toContain(plain(name));
    }
    expect(playlists).toContain('(no name)');
    expect(at.problems).toEqual([]);
  });

  describe('libraries that lack something', () => {
    const commands = { plays: 'plays collect', playlists: 'get --all', albums: 'albums collect' };

    test.each([
      ['nothing', () => undefined, ['plays', 'playlists', 'albums']],
      ['playlists only', removePlays, ['plays']],
      ['plays only', removeLists, ['playlists', 'albums']],
    ] as const)(
      '%s: each page makes sense and names the command that fills it',
      async (name, remove, lacks) => {
        const world = worlds.open(name.replace(' ', '-'));
        if (name === 'nothing') await fillNothing(world);
        else await copyFile(all.library, world.library);
        remove(world);
        const at = await visit(browser, await world.write(), { viewport: SIZES.phone });
        const texts: Record<string, string> = {};
        for (const page of [...PAGES, ...TIMELESS]) {
          await at.goTo(`#/${page}`);
          texts[page] = await at.page.locator('main').innerText();
          expect({ page, overflow: await findOverflow(at) }).toEqual({ page, overflow: 0 });
          expect(await findViolations(at)).toEqual([]);
        }
        await at.close();

        const places = { plays: PAGES, playlists: ['playlists'], albums: ['album-lengths'] };
        for (const what of Object.keys(commands) as (keyof typeof commands)[]) {
          for (const page of places[what]) {
            const isTold = (lacks as readonly string[]).includes(what);
            expect({
              page,
              isTold: texts[page]?.includes(`npx spotify-etl ${commands[what]}`),
            }).toEqual({ page, isTold });
          }
        }
        for (const text of Object.values(texts))
          expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
        expect(at.problems).toEqual([]);
      },
    );
  });

  test('Health says from when to when the history is complete, or why that is not known', async () => {
    const short = worlds.open('short');
    const tileOf = async (url: string): Promise<string> => {
      const at = await visit(browser, url);
      await at.goTo('#/health');
      const text = await at.page.locator('main').innerText();
      await at.close();
      return /Complete since\n+([^\n]+)\n+([^\n]+)/.exec(text)?.slice(1).join(': ') ?? '';
    };
    await copyFile(all.library, short.library);
    // As a library whose plays come from the export of the account data.
    short.query("UPDATE import SET format = 'account'");
    short.query('UPDATE play SET api_key = NULL');
    short.query('DELETE FROM poll');

    expect(await tileOf(file)).toMatch(/^\d+ Nov 2026: until 29 Nov 2026, without a known gap$/);
    expect(await tileOf(await short.write())).toBe('–: not known: no extended export and no poll');
  });

  test('a year without a play says so', async () => {
    const at = await visit(browser, await all.write({ year: 1999 }));
    const text = await at.page.locator('body').innerText();
    await at.close();

    expect(text).toContain('1999');
    expect(text).not.toMatch(/NaN|undefined|Infinity/);
    expect(at.problems).toEqual([]);
  });

  test('all of it can be reached by keyboard', async () => {
    const at = await visit(browser, file);
    const { page } = at;
    const focused = () =>
      page.evaluate<string>(
        "[document.activeElement.textContent, document.activeElement.ariaLabel, document.activeElement.id].join(' ')",
      );
    await page.keyboard.press('Tab');
    expect(await focused()).toContain('Skip to the content');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    expect(await focused()).toContain('Time');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Every day' }).waitFor();
    expect(await page.locator('[aria-current=page]').innerText()).toBe('Time');
    expect(await focused()).toContain('main');

    // Through the period and the measure into the calendar.
    await page.getByRole('region', { name: 'Every day' }).focus();
    // The first key marks the last day.
    for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowLeft', 'Enter'])
      await page.keyboard.press(key);
    await page.locator('#day table').waitFor();
    const [day] = /\d{4}-\d\d-\d\d/.exec(page.url()) ?? [];
    expect(day).toBe('2026-11-21');
    const [row] = all.query(
      "SELECT count(*) AS plays FROM play WHERE date(ended_at / 1000 + 3600, 'unixepoch') = ?",
      day ?? '',
    );
    expect(await page.locator('#day tbody tr').count()).toBe(row?.plays);

    // Every control has a name and a place in the order.
    await at.goTo('#/songs');
    const tabs = await page.evaluate<number>(
      'document.querySelectorAll(\'a[href], button, input, select, summary, [tabindex="0"]\').length',
    );
    const reached = new Set<string>();
    await page.evaluate('document.activeElement.blur(); scrollTo(0, 0)');
    for (let tab = 0; tab < tabs + 5; tab += 1) {
      await page.keyboard.press('Tab');
      reached.add(await focused());
    }
    for (const name of [
      'CSV: All songs',
      'SVG: Top songs',
      'Search: All songs',
      'Period',
      'Settings',
    ]) {
      expect([...reached].join('\n')).toContain(name);
    }
    await at.close();
    expect(at.problems).toEqual([]);
  });

  test('settings are kept: zone, first day of the week, minutes', async () => {
    const at = await visit(browser, file);
    const { page } = at;
    await page.getByText('Settings').click();
    const zone = page.getByLabel('Time zone');
    await zone.fill('Nowhere/At_all');
    await zone.press('Enter');
    expect(await page.getByText('No such time zone').isVisible()).toBe(true);
    await zone.fill('Asia/Tokyo');
    await zone.press('Enter');
    await page.getByLabel('Weeks begin on').selectOption('Sunday');
    await page.locator('.switch').getByText('Minutes').click();
    await page.reload();
    await page.getByText('Settings').click();

    expect(await page.getByLabel('Time zone').inputValue()).toBe('Asia/Tokyo');
    expect(await page.getByLabel('Weeks begin on').inputValue()).toBe('0');
    expect(await page.getByRole('radio', { name: 'Minutes' }).isChecked()).toBe(true);
    expect(await page.locator('footer').innerText()).toContain('Asia/Tokyo');
    await at.close();
    expect(at.problems).toEqual([]);
  });

  test('a chart is saved as SVG, its numbers as CSV', async () => {
    const at = await visit(browser, file);
    const { page } = at;
    await at.goTo('#/time?period=2026-10');
    const save = async (name: string): Promise<string> => {
      const downloaded = page.waitForEvent('download');
      await page.getByRole('button', { name, exact: true }).click();
      return await readFile(await (await downloaded).path(), 'utf8');
    };
    const svg = await save('SVG: Every day');
    const csv = await save('CSV: Every day');
    await page
      .locator('figure', { hasText: 'Every day' })
      .getByText('The numbers as a table')
      .click();
    const table = await page
      .locator('figure', { hasText: 'Every day' })
      .locator('tbody tr')
      .allInnerTexts();
    await at.close();

    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www\.w3\.org\/2000\/svg"/);
    // A picture of its own has no page whose colours it could take.
    expect(svg).not.toMatch(/<script|href="http|var\(/);
    const lines = csv.trim().split(/\r?\n/);
    expect(lines).toHaveLength(1 + 31);
    expect(table).toHaveLength(31);
    expect(at.problems).toEqual([]);
  });

  test('a page that is served follows the library, where the viewer is', async () => {
    const world = worlds.open('followed');
    await copyFile(all.library, world.library);
    const at = await visit(browser, await world.serve());
    const { page } = at;
    await at.goTo('#/playlists');
    const [list] = world.query(
      'SELECT playlist_id AS id FROM playlist WHERE playlist_name NOT LIKE ? LIMIT 1',
      'x%',
    );
    world.query(
      'UPDATE playlist SET playlist_name = ? WHERE playlist_id = ?',
      'Renamed meanwhile',
      String(list?.id),
    );
    await page.locator('main').getByText('Renamed meanwhile').first().waitFor({ timeout: 20_000 });
    expect(page.url()).toContain('#/playlists');
    await at.close();

    expect(at.problems).toEqual([]);
  });

  test('a page that is served says why it is not refreshed, and goes on by itself', async () => {
    const world = worlds.open('moved');
    await copyFile(all.library, world.library);
    const at = await visit(browser, await world.serve());
    const { page } = at;
    await page.clock.install();
    await page.reload();
    const status = page.locator('footer [role=status]');
    const lookUntil = async (words: string): Promise<void> => {
      while (!(await status.innerText()).startsWith(words)) await page.clock.fastForward(5_000);
    };
    const isClear = async (): Promise<boolean> => (await status.innerText()) === '';

    await rename(world.library, `${world.library}.away`);
    await lookUntil('Not refreshing. There is no library at');
    expect(await findViolations(at)).toEqual([]);
    await rename(`${world.library}.away`, world.library);
    while (!(await isClear())) await page.clock.fastForward(5_000);
    await page.route('**/dashboard/version', (route) => route.abort());
    await lookUntil('Not refreshing. The command has ended.');
    await page.unroute('**/dashboard/version');
    while (!(await isClear())) await page.clock.fastForward(5_000);
    await at.close();
  });

  test('on paper nothing is cut, and there is nothing to click', async () => {
    for (const year of [undefined, 2026]) {
      const at = await visit(browser, await all.write(year === undefined ? {} : { year }), {
        // A4 between usual margins.
        viewport: { width: 718, height: 1000 },
      });
      await at.page.emulateMedia({ media: 'print' });
      await at.goTo('#/time');
      expect(await findOverflow(at)).toBe(0);
      expect(await at.page.locator('nav, button, .toolbar').filter({ visible: true }).count()).toBe(
        0,
      );
      const pdf = await at.page.pdf({ format: 'A4' });
      expect(pdf.length).toBeGreaterThan(20_000);
      await at.close();
      expect(at.problems).toEqual([]);
    }
  });
});

function removePlays({ query }: World): void {
  for (const table of ['play', 'poll', 'gap', 'import']) query(`DELETE FROM ${table}`);
}

function removeLists({ query }: World): void {
  for (const table of ['playlist', 'artist_listing']) query(`DELETE FROM ${table}`);
  query('UPDATE album SET album_duration = NULL');
}
