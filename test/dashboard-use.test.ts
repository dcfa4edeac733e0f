/** What people do with the dashboard: type dates, go back, look at a time without music, hold a phone. */
import { copyFile } from 'node:fs/promises';
import type { Browser } from 'playwright-core';
import { inBrowser, launchChromium } from './support/chromium.ts';
import {
  createWorlds,
  fillAll,
  type Visit,
  visit,
  type World,
  type Worlds,
} from './support/dashboard-world.ts';

const PHONE = { viewport: { width: 390, height: 844 } };

let browser: Browser;
let worlds: Worlds;
let all: World;
let file: string;

const textOf = ({ page }: Visit): Promise<string> => page.locator('main').innerText();

async function copyOf(name: string): Promise<World> {
  const world = worlds.open(name);
  await copyFile(all.library, world.library);
  return world;
}

inBrowser('using the dashboard', () => {
  beforeAll(async () => {
    browser = await launchChromium();
    worlds = await createWorlds();
    all = worlds.open('all');
    await fillAll(all);
    file = await all.write();
  });
  afterAll(async () => {
    await browser.close();
    await worlds.close();
  });

  test('a date is typed digit by digit, and Back leads to the page before', async () => {
    const at = await visit(browser, file, { locale: 'en-US' });
    const { page } = at;
    await at.goTo('#/songs');
    await at.goTo('#/time?period=2026-01-01..2026-11-20');
    const [from, until] = [page.getByLabel('From'), page.getByLabel('to', { exact: true })];
    await from.focus();
    for (const key of '03152025') await page.keyboard.press(key);
    await page.getByText('15 Mar 2025 – 20 Nov 2026').waitFor();
    expect(page.url()).toContain('period=2025-03-15..2026-11-20');

    await until.fill('2010-01-31');
    await from.focus();
    expect(await page.getByText('Your history is 21 Nov 2023 – 29 Nov 2026.').isVisible()).toBe(
      true,
    );
    expect(await until.inputValue()).toBe('2026-11-20');
    await until.fill('2025-01-31');
    expect(await page.getByText('The first day is after the last.').isVisible()).toBe(true);
    expect(page.url()).toContain('2025-03-15..2026-11-20');
    await page.goBack();
    expect(page.url()).toContain('#/songs');
    await at.goTo('#/songs?period=2025-01-01..2025-06-30');
    await at.goTo('#/songs?period=2025-07-01..2025-12-31');
    await page.goBack();
    await page.getByText('1 Jan 2025 – 30 Jun 2025').waitFor();
    expect(await from.inputValue()).toBe('2025-01-01');
    await at.close();
    expect(at.problems).toEqual([]);
  });

  test.each(['0002-03-01..9999-12-31', 'last-99999'])(
    'the period %s is the whole history',
    async (period) => {
      const at = await visit(browser, file);
      const headingOf = async (hash: string): Promise<string | undefined> => {
        await at.goTo(hash);
        return (await at.page.locator('.heading p').innerText()).split(': ').at(-1);
      };
      const whole = await headingOf('#/time?period=all');
      expect(await headingOf(`#/time?period=${period}`)).toBe(whole);
      await at.close();
      expect(at.problems).toEqual([]);
    },
  );

  test('a time without music says when the last play was, and leads there', async () => {
    const world = await copyOf('quiet');
    world.query('UPDATE play SET ended_at = ended_at - ?', 2 * 365 * 86_400_000);
    const at = await visit(browser, await world.write());
    for (const page of ['overview', 'time', 'songs', 'artists', 'albums']) {
      await at.goTo(`#/${page}`);
      expect(await textOf(at)).toMatch(/No music in this time\s+The last play was on \d+ Nov 2024/);
      await at.page.getByRole('link', { name: 'show all time' }).click();
      await at.page.locator('figure').first().waitFor();
      expect(await textOf(at)).not.toContain('No music');
    }
    await at.close();
    expect(at.problems).toEqual([]);
  });

  test('a library of podcasts only shows them', async () => {
    const world = await copyOf('spoken');
    world.query(
      "DELETE FROM play WHERE item_id IN (SELECT item_id FROM item WHERE kind NOT IN ('episode', 'chapter'))",
    );
    const at = await visit(browser, await world.write());
    const overview = await textOf(at);
    await at.goTo('#/shows');
    const shows = await textOf(at);
    await at.close();

    expect(overview).toContain('No play of this library counts as such');
    expect(overview).toMatch(/Podcasts and audiobooks\s+[\d,]+ plays/);
    expect(shows).toContain('All shows');
    expect(at.problems).toEqual([]);
  });

  test('a page names one number for one thing', async () => {
    const at = await visit(browser, file);
    const { page } = at;
    await at.goTo('#/overview?period=all');
    const countOf = async (name: string): Promise<string> =>
      await page.locator('.tiles > div', { hasText: name }).first().locator('strong').innerText();
    for (const name of ['Songs', 'Artists']) {
      const listed = page.locator('.top', { hasText: `Top ${name.toLowerCase()}` });
      expect(await listed.locator('> a').innerText()).toContain(`All ${await countOf(name)}`);
    }
    await at.close();
    expect(at.problems).toEqual([]);
  });

  test('a zone is found by its city, and other tabs follow', async () => {
    const at = await visit(browser, file);
    const { page } = at;
    const other = await page.context().newPage();
    await other.goto(file);
    await page.getByText('Settings').click();
    await page.getByLabel('Time zone').fill('new york');
    await page.getByLabel('Time zone').press('Enter');
    expect(await page.getByLabel('Time zone').inputValue()).toBe('America/New_York');
    for (const city of ['Kyiv', 'kathmandu']) {
      await page.getByLabel('Time zone').fill(city);
      expect(await page.getByText('No such time zone').isVisible()).toBe(false);
    }
    await other.locator('footer', { hasText: 'America/New_York' }).waitFor();
    await at.close();
    expect(at.problems).toEqual([]);
  });

  test('a playlist begins at its top, with its name as the title, and steps keep the focus at their end', async () => {
    const at = await visit(browser, file);
    const { page } = at;
    await at.goTo('#/playlists');
    await page.evaluate('scrollTo(0, 400)');
    await page.locator('main td a').first().click();
    await page.getByText('‹ All playlists').waitFor();
    const name = await page.locator('main h2').first().innerText();
    expect(await page.title()).toBe(`${name} – your music`);
    expect(await page.evaluate('scrollY')).toBe(0);
    expect(await page.evaluate('document.activeElement.id')).toBe('main');

    await at.goTo('#/songs?period=2025');
    const next = page.getByRole('button', { name: 'The next period' });
    for (let step = 0; step < 3; step += 1) await next.press('Enter');
    expect(page.url()).toContain('period=2026');
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('The next period');
    await at.close();
    expect(at.problems).toEqual([]);
  });

  test('on a phone a calendar and the plays of songs are in sight', async () => {
    const at = await visit(browser, file, PHONE);
    const { page } = at;
    await at.goTo('#/time?period=all');
    const scrolled = await page.evaluate(
      "[...document.querySelectorAll('figure > div:first-of-type, figure > div:first-of-type *')].filter((each) => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).overflowX !== 'visible').length",
    );
    await at.goTo('#/songs');
    const endOf = async (name: string): Promise<number> => {
      const box = await page.getByRole('columnheader', { name, exact: true }).boundingBox();
      return (box?.x ?? 999) + (box?.width ?? 0);
    };
    const ends = [await endOf('Plays')];
    await at.goTo('#/playlists');
    await page.getByRole('columnheader', { name: 'Songs in both' }).waitFor();
    ends.push(await endOf('Songs in both'));
    await at.close();

    expect(scrolled).toBe(0);
    for (const end of ends) expect(end).toBeLessThanOrEqual(390);
    expect(at.problems).toEqual([]);
  });

  test('a table that goes on is cut through a row', async () => {
    const at = await visit(browser, file);
    await at.goTo('#/time?period=2026-10');
    await at.page.locator('figure').first().getByText('The numbers as a table').click();
    await at.page.locator('.tall tbody').waitFor();
    const cut = await at.page.evaluate<number[]>(
      `[...document.querySelectorAll('.tall')].map((table) => {
        const { bottom } = table.getBoundingClientRect();
        const row = [...table.querySelectorAll('tr')].map((each) => each.getBoundingClientRect()).find((each) => each.bottom >= bottom);
        return (bottom - row.top) / row.height;
      })`,
    );
    await at.close();

    expect(cut).toHaveLength(1);
    for (const share of cut) {
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.75);
    }
    expect(at.problems).toEqual([]);
  });
});
