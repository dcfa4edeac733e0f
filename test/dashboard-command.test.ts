/** `spotify-etl dashboard`, as real processes on a library of simulated years. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { openLibrary } from '../app/library.ts';
import { SIMULATOR_CREDENTIALS } from '../cli/shared/simulated-spotify.ts';
import { unpackDashboard } from '../dashboard/unpack.ts';
import { fillYears } from '../local/fill-years.ts';
import { hasSqld, startSqld } from './support/sqld.ts';
import {
  createTriggerProgram,
  type Running,
  type TriggerProgram,
} from './support/trigger-program.ts';

const PLAYS = 3_000;

let program: TriggerProgram;
/** Used by every command. */
let env: Record<string, string>;
let library: string;

beforeAll(async () => {
  program = await createTriggerProgram();
  env = { DATA_DIR: join(program.folder, 'data') };
  library = join(program.folder, 'library.db');
  await fillYears(library, { nowMs: Date.now(), years: 2, plays: PLAYS, artists: 3 });
});
afterAll(() => program.remove());

const run = (...args: string[]) => program.run(['dashboard', ...args], { env });
const at = (name: string): string => join(program.folder, name);
const packedIn = (html: string): string => /id="data">([^<]*)</.exec(html)?.[1] ?? '';

test('--help fits into 80 columns, with no word broken', async () => {
  const { stdout } = await run('--help');
  expect(stdout).toContain('Exit codes: 0 done');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
});

describe('--out', () => {
  test('writes one file for its owner alone, also where it exists, and says that it is the history', async () => {
    const out = at('dashboard.html');
    await writeFile(out, 'old');
    await chmod(out, 0o644);

    const { code, stderr, stdout } = await run('--library', library, '--out', out);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trim().split('\n')).toEqual([
      expect.stringMatching(/dashboard\.html: \d\.\d MB, with [\d,]+ plays and 12 playlists\.$/),
      'It is your listening history: anyone who gets the file can read all of it.',
    ]);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const left = await readdir(program.folder);
    expect(left.filter((name) => /\.(?:tmp|lock)$/.test(name))).toEqual([]);
  });

  test('never replaces the library, by whatever name, nor what is no file', async () => {
    const own = at('own.db');
    await copyFile(library, own);
    await symlink(own, at('link.html'));
    execFileSync('mkfifo', [at('pipe')]);
    const before = await readFile(own);

    for (const out of [own, at('link.html'), at('pipe')]) {
      const { code, stderr } = await run('--library', own, '--out', out);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(/is the library\.|is a device or a pipe\./),
      });
    }
    expect((await readFile(own)).equals(before)).toBe(true);
    expect((await stat(at('pipe'))).isFIFO()).toBe(true);
  });

  test('has what is in the library, as --json counts it', async () => {
    const out = at('counted.html');
    const { stdout } = await run('--library', library, '--out', out, '--json');
    const html = await readFile(out, 'utf8');
    const data = await unpackDashboard(packedIn(html));
    const database = new DatabaseSync(library);
    const plays = database.prepare('SELECT count(*) AS n FROM play').get()?.n;
    database.close();

    expect(JSON.parse(stdout)).toEqual({
      path: out,
      bytes: Buffer.byteLength(html),
      plays,
      playlists: 12,
    });
    expect(data.plays.length).toBe(plays);
    expect(data.library).toBe(library);
    expect(html).not.toMatch(/data-served|data-year/);
    expect(html).toContain("connect-src 'none'");
  });

  test('is quiet where that is asked for, and about one year', async () => {
    const out = at('year.html');
    // The clock of this machine says when the years of plays are.
    const year = String(new Date().getFullYear() - 1);
    const finished = await run('--library', library, '--out', out, '--year', year, '--quiet');

    expect(finished).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await readFile(out, 'utf8')).toContain(`data-year="${year}"`);
  });

  test('knows the calls that are left and the days of the login, and asks nobody', async () => {
    const { clientId } = SIMULATOR_CREDENTIALS;
    const login = {
      refresh_token: 'secret-refresh-token',
      client_id: clientId,
      authorized_at: new Date(Date.now() - 80.5 * 86_400_000).toISOString(),
      scopes: [],
    };
    await mkdir(at('data'), { recursive: true });
    await writeFile(at('data/spotify-login.json'), JSON.stringify(login));
    const out = at('limits.html');
    // Nobody listens there.
    const spotify = 'http://127.0.0.1:9';
    const finished = await program.run(['dashboard', '--library', library, '--out', out], {
      env: { ...env, SPOTIFY_API_URL: spotify, SPOTIFY_ACCOUNTS_URL: spotify },
    });
    const html = await readFile(out, 'utf8');
    const { health } = await unpackDashboard(packedIn(html));

    expect(finished).toMatchObject({ code: 0, stderr: '' });
    expect(health.loginDaysLeft).toBe(99);
    const { left = 0, spent = 0 } = health.calls ?? {};
    expect(spent).toBeGreaterThan(0);
    // Of the 80 calls kept for polls some are used.
    expect(left).toBeGreaterThanOrEqual(900 - spent - 80);
    expect(left).toBeLessThan(900 - spent);
    expect(html).not.toContain('secret-refresh-token');
  });

  test('makes a page of an empty library too', async () => {
    const empty = openLibrary({ place: at('empty.db'), authToken: undefined });
    await empty.run([{ sql: 'SELECT 1' }]);
    await empty.close();
    const out = at('empty.html');

    const { code, stdout } = await run('--library', at('empty.db'), '--out', out);
    const ofYear = await run('--library', at('empty.db'), '--out', out, '--year', '2026');

    expect(ofYear).toMatchObject({ code: 2, stderr: expect.stringContaining('none at all.') });
    expect(code).toBe(0);
    expect(stdout).toContain('with 0 plays and 0 playlists');
    expect((await unpackDashboard(packedIn(await readFile(out, 'utf8')))).plays.length).toBe(0);
  });
});

describe('what cannot be done is told in a line', () => {
  beforeAll(() => {
    const other = new DatabaseSync(at('other.db'));
    other.exec('CREATE TABLE mine (id INTEGER)');
    other.close();
  });

  test.each<[string[], number, RegExp]>([
    [
      ['--library', 'nowhere.db'],
      2,
      /no library at nowhere\.db yet\. Fill it: npx spotify-etl get --all$/,
    ],
    [
      ['--library', 'library.db', '--out', '.'],
      2,
      /\. is a folder\. Name a file: dashboard\.html$/,
    ],
    [['--library', 'library.db', '--out', 'no/such.html'], 2, /There is no folder no\./],
    [['--library', 'library.db', '--out', 'missing/'], 2, /There is no folder missing\/\./],
    [['--library', 'library.db', '--out', ''], 2, /Name a file, such as dashboard\.html\.$/],
    [['--library', 'library.db', '--out', '-'], 2, /Name a file, such as dashboard\.html\.$/],
    [['--out', 'x.html', '--port', '8080'], 2, /'--out <file>' cannot be used with .*'--port/],
    [['--out', 'x.html', '--no-open'], 2, /'--out <file>' cannot be used with .*'--no-open'/],
    [['--json', '--quiet'], 2, /'--json' cannot be used with option '--quiet'/],
    [['--library', 'library.db', '--year', '26'], 2, /Give a year such as 2026\./],
    [['--library', 'library.db', '--year', '0050'], 2, /Give a year such as 2026\./],
    [
      ['--library', 'library.db', '--year', '2099', '--out', 'x.html'],
      2,
      /no plays of 2099 in library\.db\. Years with plays: (?:\d{4}, ){1,2}\d{4}\.$/,
    ],
    [['--library', 'library.db', '--year', '1999', '--no-open'], 2, /no plays of 1999/],
    [['--library', 'library.db', '--port', '70000'], 2, /whole number from 1 to 65535/],
    [['--library', 'other.db', '--no-open'], 1, /other\.db is a database of another program\./],
    [
      ['--library', 'other.db', '--out', 'x.html'],
      1,
      /other\.db is a database of another program\./,
    ],
  ])('%j', async (args, code, words) => {
    const finished = await run(...args);

    expect(finished).toMatchObject({ code, stdout: '' });
    expect(finished.stderr.trim().split('\n')).toEqual([expect.stringMatching(words)]);
  });

  test('a name that the disk refuses', async () => {
    const { code, stderr } = await run('--library', library, '--out', 'x'.repeat(255));

    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^✖ x+ cannot be written: ENAMETOOLONG/),
    ]);
  });

  test('a port that is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? String(address?.port) : '';

    const finished = await run('--library', library, '--no-open', '--port', port);
    other.close();

    expect(finished).toMatchObject({ code: 1, stdout: '' });
    expect(finished.stderr.trim()).toBe(
      `✖ Port ${port} is in use by another program. Choose another one with --port, or leave it out.`,
    );
  });
});

/** The address that it prints. */
async function untilReady({ child }: Running): Promise<string> {
  let printed = '';
  for (;;) {
    const [chunk] = (await once(child.stdout ?? child, 'data')) as [Buffer];
    printed += chunk.toString();
    const [url] = /http:\/\/[\d.:]+\//.exec(printed) ?? [];
    if (url !== undefined) return url;
  }
}

/** As a browser sends it for a page; `fetch` does not let these headers through. */
async function ask(url: string, headers: Record<string, string>, method = 'GET') {
  const asked = request(url, { method, headers }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode,
    headers: response.headers,
    body: await text(response),
  };
}

describe('the served page', () => {
  let running: Running;
  let url: string;
  beforeAll(async () => {
    running = program.start(['dashboard', '--library', library, '--no-open'], { env });
    url = await untilReady(running);
  });

  test('is as strict as the file, in no frame and in no cache', async () => {
    const response = await fetch(url);
    const html = await response.text();
    const headers = Object.fromEntries(response.headers);
    const [, policy = ''] =
      /http-equiv="content-security-policy" content="([^"]*)"/.exec(html) ?? [];

    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': `${policy}; frame-ancestors 'none'`,
    });
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('has a version that changes when the library does, and not for those who look', async () => {
    const readVersion = async () => await (await fetch(`${url}dashboard/version`)).text();
    const before = await readVersion();
    const html = await (await fetch(url)).text();
    const again = await readVersion();
    const database = new DatabaseSync(library);
    database.exec(
      "UPDATE playlist SET playlist_name = 'Renamed meanwhile' WHERE playlist_id = (SELECT min(playlist_id) FROM playlist)",
    );
    database.close();
    const after = await readVersion();
    const data = await unpackDashboard(await (await fetch(`${url}dashboard/data`)).text());

    expect(again).toBe(before);
    expect(html).toContain(`data-served="${before}"`);
    expect(after).not.toBe(before);
    expect(data.playlists.map(({ name }) => name)).toContain('Renamed meanwhile');
  });

  test.each([
    [{ origin: 'https://example.com' }, 'GET', 403],
    [{ host: 'example.com' }, 'GET', 403],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, 'GET', 403],
    [{}, 'POST', 405],
    [{ 'sec-fetch-site': 'same-origin' }, 'GET', 200],
  ])('answers %j %s with %d', async (headers: Record<string, string>, method, status) => {
    for (const path of ['', 'dashboard/data', 'dashboard/version']) {
      expect((await ask(`${url}${path}`, headers, method)).status).toBe(status);
    }
  });

  test('has an address of its own next to another one', async () => {
    const other = program.start(['dashboard', '--library', library, '--no-open'], { env });
    const address = await untilReady(other);

    expect(address).not.toBe(url);
    expect((await fetch(address)).status).toBe(200);
    other.child.kill('SIGINT');
    await other.finished;
  });

  test.each(['', 'dashboard/data', 'dashboard/version'])(
    'answers HEAD /%s like GET, without the body, and refuses what would write',
    async (path) => {
      const [got, head, put] = await Promise.all(
        ['GET', 'HEAD', 'PUT'].map((method) => ask(`${url}${path}`, {}, method)),
      );
      const about = ({ date: _, 'transfer-encoding': __, ...headers } = got?.headers ?? {}) =>
        headers;

      expect(got?.body).not.toBe('');
      expect(head).toMatchObject({ status: 200, body: '' });
      expect(about(head?.headers)).toEqual(about(got?.headers));
      expect(put).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
    },
  );

  test('is the only one there', async () => {
    expect((await fetch(`${url}dashboard`)).status).toBe(404);
    expect((await fetch(`${url}library.db`)).status).toBe(404);
  });

  test('says so where the library is gone, and makes no empty one in its place', async () => {
    const away = at('away.db');
    await rename(library, away);
    const { body, status } = await ask(`${url}dashboard/data`, {});
    const left = await readdir(program.folder);
    await rename(away, library);

    expect({ body, status }).toEqual({
      status: 503,
      body: expect.stringContaining('There is no library at'),
    });
    expect(left).not.toContain('library.db');
    expect((await ask(`${url}dashboard/data`, {})).status).toBe(200);
  });

  test('ends at Ctrl-C, which is no failure', async () => {
    running.child.kill('SIGINT');

    const { code, stderr, stdout } = await running.finished;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('Stop: Ctrl-C');
    await expect(fetch(url)).rejects.toThrow();
  });
});

// A script stands in for the program that opens pages, which is xdg-open on Linux only.
const onLinux = process.platform === 'linux' ? test : test.skip;
onLinux('is opened in the browser, with --json at the address that it prints', async () => {
  const bin = at('bin');
  await mkdir(bin);
  const opened = at('opened');
  await writeFile(join(bin, 'xdg-open'), `#!/bin/sh\necho "$1" > '${opened}'\n`, { mode: 0o755 });
  const running = program.start(['dashboard', '--library', library, '--json'], {
    env: { ...env, PATH: `${bin}:${process.env.PATH ?? ''}` },
  });
  await untilReady(running);
  const isThere = () => readFile(opened, 'utf8').catch(() => '');
  while (!(await isThere()).endsWith('\n')) await new Promise((next) => setTimeout(next, 20));
  running.child.kill('SIGTERM');
  const { code, stdout } = await running.finished;

  expect(code).toBe(0);
  const printed = JSON.parse(stdout) as Record<string, unknown>;
  expect(printed).toEqual({
    url: (await isThere()).trim(),
    library,
    plays: expect.any(Number),
    playlists: 12,
  });
});

const ADD_SONG = "INSERT INTO item (uri, kind, name) VALUES ('spotify:track:1', 'track', 'Song')";
const ADD_PLAYS =
  'INSERT INTO play (ended_at, item_id, counted, api_key, seen_at) SELECT value, item_id, 1, value, 0 FROM item, json_each(json_array(1, 2, 3))';

// sqld is there for Linux and macOS only.
const onServer = hasSqld ? test : test.skip;
onServer('a library on a libSQL server makes the same page, and has a version', async () => {
  const server = await startSqld();
  const place = { place: server.url, authToken: undefined };
  const opened = openLibrary(place);
  await opened.run([{ sql: ADD_SONG }, { sql: ADD_PLAYS }]);
  await opened.close();
  const running = program.start(['dashboard', '--library', server.url, '--no-open'], { env });
  try {
    const url = await untilReady(running);
    const first = await (await fetch(`${url}dashboard/version`)).text();
    const data = await unpackDashboard(await (await fetch(`${url}dashboard/data`)).text());

    expect(first).toMatch(/\d/);
    expect(data.plays.length).toBe(3);
    expect(data.items.map(({ name }) => name)).toEqual(['Song']);
  } finally {
    running.child.kill('SIGINT');
    await running.finished;
    await server.close();
  }
});
