/** The numbers that a viewer reads, to SQL over the same library: by the clocks of two zones, over the changes of both. */
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

/** From when on a clock is so many hours ahead of UTC. */
const OFFSETS = {
  'Europe/Berlin': [
    ['2025-10-26T01:00Z', 1],
    ['2026-03-29T01:00Z', 2],
    ['2026-10-25T01:00Z', 1],
  ],
  'America/New_York': [
    ['2025-11-02T06:00Z', -5],
    ['2026-03-08T07:00Z', -4],
    ['2026-11-01T06:00Z', -5],
  ],
} as const;
const BEFORE = { 'Europe/Berlin': 2, 'America/New_York': -4 } as const;
type Zone = keyof typeof OFFSETS;

const PERIODS = [
  ['2025-10-20', '2025-11-05'],
  ['2026-03-01', '2026-04-05'],
  ['2025-10-01', '2026-11-20'],
] as const;

/** Around midnight and in the hour that comes twice or not at all, in both zones. */
const ENDS = [
  ...['2025-10-25T23:59:59.999+02:00', '2025-10-26T00:00+02:00', '2025-10-26T23:59+01:00'],
  ...['2025-10-26T02:30+02:00', '2025-10-26T02:30+01:00', '2025-10-27T00:00+01:00'],
  ...['2025-11-01T23:59:59.999-04:00', '2025-11-02T00:00-04:00', '2025-11-03T00:00-05:00'],
  ...['2025-11-02T01:30-04:00', '2025-11-02T01:30-05:00', '2025-11-02T23:59-05:00'],
  ...['2026-03-29T01:59:59.999+01:00', '2026-03-29T03:00+02:00', '2026-03-29T23:59+02:00'],
  ...['2026-03-08T01:59:59.999-05:00', '2026-03-08T03:00-04:00', '2026-03-08T23:59-04:00'],
];

let browser: Browser;
let worlds: Worlds;
let world: World;
let file: string;

/** Everything that is played and not left out, by the clock of this zone. */
function heardIn(zone: Zone, [from, until]: readonly [string, string]): string {
  const steps = OFFSETS[zone].toReversed();
  const offset = `CASE ${steps.map(([at, hours]) => `WHEN ended_at >= ${Date.parse(at)} THEN ${hours}`).join(' ')} ELSE ${BEFORE[zone]} END`;
  return `WITH played AS (
      SELECT ended_at + (${offset}) * 3600000 AS local, counted, coalesce(ms_played, own.duration_ms, 0) AS ms,
        ms_played IS NULL AS is_unknown, own.kind IN ('episode', 'chapter') AS is_spoken,
        song.item_id AS song, coalesce(song.name, '') AS name, coalesce(song.main_artist, '') AS artist, coalesce(own.parent_name, '') AS parent
      FROM play JOIN item AS own USING (item_id) JOIN item AS song ON song.item_id = coalesce(own.same_as, own.item_id)
      WHERE song.uri NOT IN (SELECT what FROM left_out)
        AND NOT EXISTS (SELECT 1 FROM left_out WHERE left_out.name = song.main_artist)
    ), heard AS (
      SELECT *, date(local / 1000, 'unixepoch') AS day, CAST(strftime('%H', local / 1000, 'unixepoch') AS INTEGER) AS hour,
        CAST(strftime('%w', local / 1000, 'unixepoch') AS INTEGER) AS weekday
      FROM played WHERE date(local / 1000, 'unixepoch') BETWEEN '${from}' AND '${until}'
    )`;
}

const toNumber = (text: string): number => Number(text.replaceAll(',', ''));

/** The figures below a tile's name. */
async function readTiles({ page }: Visit): Promise<Record<string, number>> {
  const tiles = await page.locator('main .tiles > div').all();
  const read = tiles.map(async (tile) => [
    await tile.locator('dt').innerText(),
    toNumber(await tile.locator('strong').innerText()),
  ]);
  return Object.fromEntries(await Promise.all(read)) as Record<string, number>;
}

/** The numbers of a chart's table, row by row. */
async function readTable({ page }: Visit, title: string | RegExp): Promise<number[]> {
  const figure = page.locator('figure').filter({ has: page.getByRole('heading', { name: title }) });
  const isOpen = (await figure.locator('details[open]').count()) > 0;
  if (!isOpen) await figure.getByText('The numbers as a table').click();
  await figure.locator('tbody').waitFor();
  return (await figure.locator('tbody td.number').allInnerTexts()).map(toNumber);
}

/** A tenth can be rounded up here and down there. */
function expectEqual(shown: readonly number[], counted: readonly number[]): void {
  const differing = shown.flatMap((value, at) =>
    Math.abs(value - (counted[at] ?? Number.NaN)) < 0.11
      ? []
      : [{ at, value, counted: counted[at] }],
  );
  expect({ length: shown.length, differing }).toEqual({ length: counted.length, differing: [] });
}

inBrowser('the numbers of the dashboard', () => {
  beforeAll(async () => {
    browser = await launchChromium();
    worlds = await createWorlds();
    world = worlds.open('counted');
    await fillAll(world);
    const songs = world.query('SELECT item_id AS id FROM item WHERE duration_ms > 0 LIMIT 5');
    for (const [at, end] of ENDS.entries()) {
      world.query(
        'INSERT INTO play (ended_at, item_id, ms_played, counted, export_key, seen_at) VALUES (?, ?, ?, 1, ?, 0)',
        Date.parse(end),
        Number(songs[at % 5]?.id),
        at % 3 === 0 ? null : 61_000,
        `boundary ${at}`,
      );
    }
    file = await world.write();
  });
  afterAll(async () => {
    await browser.close();
    await worlds.close();
  });

  describe.each(Object.keys(OFFSETS) as Zone[])('by the clocks of %s', (zone) => {
    let at: Visit;
    beforeAll(async () => {
      at = await visit(browser, file, { timezoneId: zone });
    });
    afterAll(async () => {
      await at.close();
      expect(at.problems).toEqual([]);
    });

    describe.each(PERIODS)('%s to %s', (...period) => {
      const sql = heardIn(zone, period);
      const hash = (page: string): string => `#/${page}?period=${period.join('..')}`;

      test('totals and tops', async () => {
        await at.goTo(hash('overview'));
        await at.page.locator('.switch').getByText('Plays').click();
        const tiles = await readTiles(at);
        const [music] = world.query(
          `${sql} SELECT sum(counted) AS plays, round(sum(ms) / 60000.0) AS minutes, count(DISTINCT CASE WHEN counted AND name <> '' THEN song END) AS songs,
             count(DISTINCT CASE WHEN counted AND artist <> '' THEN artist END) AS artists, count(DISTINCT CASE WHEN counted THEN day END) AS days FROM heard WHERE NOT is_spoken`,
        );
        expect(tiles).toMatchObject({
          Plays: music?.plays,
          Minutes: music?.minutes,
          Songs: music?.songs,
          Artists: music?.artists,
          'Days with music': music?.days,
        });
        const rows = await at.page.locator('.top', { hasText: 'Top songs' }).locator('li').all();
        const shown = rows.map(async (row) => [
          (await row.locator('.names').textContent())?.trim(),
          toNumber(await row.locator('.amount').innerText()),
        ]);
        const top = world.query(
          `${sql} SELECT name || CASE WHEN artist = heard.name THEN '' ELSE artist END AS name, sum(counted) AS plays FROM heard WHERE NOT is_spoken AND name <> ''
             GROUP BY song ORDER BY sum(counted) DESC, sum(ms) DESC, heard.name, artist LIMIT 10`,
        );
        expect(await Promise.all(shown)).toEqual(top.map(({ name, plays }) => [name, plays]));
      });

      test.each(['Plays', 'Minutes'] as const)(
        '%s of each day, each hour of the week, each month',
        async (measure) => {
          await at.goTo(hash('time'));
          await at.page.locator('.switch').getByText(measure).click();
          const sum = measure === 'Plays' ? 'sum(counted)' : 'round(sum(ms) / 60000.0, 1)';
          const heard = (key: string): Map<unknown, number> => {
            const rows = world.query(
              `${sql} SELECT ${key} AS key, ${sum} AS value FROM heard WHERE NOT is_spoken GROUP BY 1`,
            );
            return new Map(rows.map(({ key: each, value }) => [each, Number(value)]));
          };
          const days = heard('day');
          const hours = heard("weekday || ' ' || hour");
          const months = heard('substr(day, 1, 7)');

          const perDay = listDays(period).map((day) => days.get(day) ?? 0);
          expectEqual(await readTable(at, 'Every day'), perDay);
          // From Monday on.
          const keys = [1, 2, 3, 4, 5, 6, 0].flatMap((weekday) =>
            Array.from({ length: 24 }, (__, hour) => `${weekday} ${hour}`),
          );
          const perHour = keys.map((key) => hours.get(key) ?? 0);
          expectEqual(await readTable(at, 'Hours of the week'), perHour);
          // Of a short period it is days.
          const bars = await readTable(at, /per (?:day|month)$/);
          const listed = new Set(listDays(period).map((day) => day.slice(0, 7)));
          const perMonth = [...listed].map((month) => months.get(month) ?? 0);
          expectEqual(bars, bars.length === perDay.length ? perDay : perMonth);
        },
      );
    });
  });
});

function listDays([from, until]: readonly [string, string]): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(until); at += 86_400_000) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
