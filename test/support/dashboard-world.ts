/** Dashboards in a real browser: libraries of several kinds, each as a file and served. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { source as axeSource } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { openLibrary } from '../../app/library.ts';
import { answerDashboard } from '../../cli/dashboard/answer.ts';
import { createDashboard } from '../../cli/dashboard/dashboard.ts';
import { writeDashboard } from '../../cli/dashboard/file.ts';
import { type LoopbackServer, serveOnLoopback } from '../../lib/loopback-server.ts';
import { fillYears } from '../../local/fill-years.ts';

/** All of it was done then. */
const NOW_MS = Date.UTC(2026, 10, 29, 18);

/** Each is shown as text, and none is run. */
export const HOSTILE_NAMES = {
  script: '</script><img src=x onerror="globalThis.hasRun = true"><!--<script>',
  long: `${'A name of two hundred characters '.repeat(7).slice(0, 199)}.`,
  unbroken: 'x'.repeat(200),
  rightToLeft: 'ليلة على الساحل – שירים של ים',
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈 夜の電車',
  template: '${globalThis.hasRun = true}{{constructor}}`',
} as const;

export type World = {
  /** Its path. */
  readonly library: string;
  readonly query: (sql: string, ...values: SQLInputValue[]) => Record<string, unknown>[];
  /** Writes it as a file, and returns the address of that. */
  readonly write: (options?: { readonly year?: number }) => Promise<string>;
  /** Its address, once it is served. */
  readonly serve: (options?: { readonly year?: number }) => Promise<string>;
};

export type Worlds = {
  readonly folder: string;
  readonly open: (name: string) => World;
  readonly close: () => Promise<void>;
};

export async function createWorlds(): Promise<Worlds> {
  const folder = await mkdtemp(join(tmpdir(), 'spotify-etl-dashboards-'));
  const servers: LoopbackServer[] = [];
  const open = (name: string): World => {
    const library = join(folder, `${name}.db`);
    const place = { place: library, authToken: undefined };
    const create = (year: number | undefined) =>
      createDashboard({ place, environment: { DATA_DIR: folder }, nowMs: NOW_MS, year });
    return {
      library,
      query: (sql, ...values) => {
        const database = new DatabaseSync(library);
        const rows = database.prepare(sql).all(...values);
        database.close();
        return rows;
      },
      write: async ({ year } = {}) => {
        const file = join(folder, `${name}${year ?? ''}.html`);
        await writeDashboard(create(year), file);
        return pathToFileURL(file).href;
      },
      serve: async ({ year } = {}) => {
        const dashboard = create(year);
        const server = createServer((request, response) => {
          void answerDashboard(dashboard, request, response).then((isAnswered) => {
            if (!isAnswered) response.writeHead(404).end();
          });
        });
        const served = await serveOnLoopback(server, { port: 0 });
        servers.push(served);
        return `${served.url}/`;
      },
    };
  };
  return {
    folder,
    open,
    close: async () => {
      for (const server of servers) await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** With the schema, and nothing in it. */
export async function fillNothing({ library }: World): Promise<void> {
  const opened = openLibrary({ place: library, authToken: undefined });
  await opened.run([{ sql: 'SELECT 1' }]);
  await opened.close();
}

/** With all that a dashboard can show, hostile names where they are seen first, and a song and an artist that are left out. */
export async function fillAll(world: World): Promise<void> {
  const { library, query } = world;
  await fillYears(library, { nowMs: NOW_MS, years: 3, plays: 9_000, artists: 8 });
  const listTop = (key: string) =>
    query(
      `SELECT ${key} AS key FROM play JOIN item AS own USING (item_id) JOIN item AS song ON song.item_id = coalesce(own.same_as, own.item_id)
       WHERE counted AND song.name <> '' AND song.main_artist <> '' AND ended_at > ? GROUP BY 1 ORDER BY count(*) DESC LIMIT 12`,
      NOW_MS - 365 * 86_400_000,
    ).map((row) => row.key);
  const [artists, songs] = [
    listTop('song.main_artist').map(String),
    listTop('song.item_id').map(Number),
  ];
  const lists = query('SELECT playlist_id AS id FROM playlist ORDER BY 1').map(({ id }) =>
    String(id),
  );
  for (const [at, name] of Object.values(HOSTILE_NAMES).entries()) {
    query('UPDATE item SET name = ?1, parent_name = ?1 WHERE item_id = ?2', name, songs[at] ?? 0);
    query('UPDATE item SET main_artist = ? WHERE main_artist = ?', name, artists[at] ?? '');
    query('UPDATE playlist SET playlist_name = ? WHERE playlist_id = ?', name, lists[at] ?? '');
  }
  query("UPDATE playlist SET playlist_name = '' WHERE playlist_id = ?", lists.at(-1) ?? '');
  query("UPDATE item SET name = '' WHERE item_id = ?", songs[7] ?? 0);
  query('INSERT INTO left_out SELECT uri, NULL, 1 FROM item WHERE item_id = ?', songs[8] ?? 0);
  query("INSERT INTO left_out VALUES ('spotify:artist:0', ?, 1)", artists[9] ?? '');
}

export type Visit = {
  readonly page: Page;
  /** Errors, refusals of the policy, and addresses that were asked for besides the page's own. */
  readonly problems: string[];
  /** Leads to this address after `#`, and waits until all of it is drawn. */
  readonly goTo: (hash: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

const WATCH = `globalThis.refused = [];
document.addEventListener('securitypolicyviolation', ({ blockedURI, violatedDirective }) => {
  refused.push(violatedDirective + ' ' + blockedURI);
});`;

/** Two paints, with what waits for the first. */
const SETTLE = `new Promise((resolve) => {
  const wait = (left) => {
    if (left === 0) resolve();
    else requestAnimationFrame(() => setTimeout(() => wait(left - 1), 20));
  };
  wait(3);
})`;

/** Opens the page in a window of its own, and watches it. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text());
  });
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('request', (request) => {
    const [asked = ''] = request.url().split('#');
    const isOwn = asked === url || /^(?:data|blob):/.test(asked);
    const isRefresh = url.startsWith('http') && asked.startsWith(`${url}dashboard/`);
    if (!isOwn && !isRefresh) problems.push(`asked for ${asked}`);
  });
  await page.addInitScript(WATCH);
  const settle = async (): Promise<void> => {
    await page.evaluate(SETTLE);
  };
  await page.goto(url);
  await page.locator('h1').waitFor();
  await settle();
  return {
    page,
    problems,
    goTo: async (hash) => {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      await settle();
    },
    close: async () => {
      problems.push(...(await page.evaluate<string[]>('refused')));
      if (await page.evaluate('globalThis.hasRun === true')) problems.push('a name was run');
      await context.close();
    },
  };
}

/** What axe finds: the rule, and the first elements. */
export async function findViolations({ page }: Visit): Promise<string[]> {
  if (await page.evaluate('globalThis.axe === undefined')) await page.evaluate(axeSource);
  return await page.evaluate<string[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.slice(0, 3).map(({ html }) => html.slice(0, 200)).join(' ')))`,
  );
}

/** How many pixels are out of sight at the right. */
export async function findOverflow({ page }: Visit): Promise<number> {
  return await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
