/** What a person types: npx spotify-etl login. A real process, a real browser, a simulated Spotify. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { inBrowser, launchChromium } from '../support/chromium.ts';
import {
  createLoginProgram,
  decide,
  type Finished,
  type LoginProgram,
  type Running,
} from '../support/login-program.ts';
import {
  closeScriptedServers,
  type ScriptedReply,
  startScriptedServer,
} from '../support/scripted-server.ts';
import { startSecretsServer } from '../support/secrets-server.ts';

const INGEST_SCOPES = ['playlist-read-private', 'playlist-read-collaborative', 'user-library-read'];

type World = { spotify: SpotifySimulator; readonly program: LoginProgram };

const worlds = new AsyncLocalStorage<World>();

/** Each case has its own Spotify and its own machine, so that some can be looked at side by side. */
function inWorld<Args extends unknown[]>(
  run: (...args: Args) => Promise<void>,
): (...args: Args) => Promise<void> {
  return async (...args) => {
    const spotify = await startSpotifySimulator();
    const world = { spotify, program: await createLoginProgram(spotify) };
    try {
      await worlds.run(world, () => run(...args));
    } finally {
      await Promise.all([world.spotify.close(), world.program.remove()]);
    }
  };
}

/** That of the case that runs. */
function here(): World {
  const world = worlds.getStore();
  if (world === undefined) throw new Error('No case runs.');
  return world;
}

afterAll(closeScriptedServers);

const login = (...args: string[]): Running =>
  here().program.start(['login', '--no-browser', ...args]);

/** Ends in this exit code with these words, and leaves nothing behind. */
async function expectFailure(
  { code, stderr, stdout }: Finished,
  words: readonly (string | RegExp)[],
): Promise<void> {
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringMatching(/^✖ /) });
  for (const word of words) expect(stderr).toMatch(word);
  expect(`${stdout}${stderr}`).not.toContain('    at ');
  expect(await here().program.readLogin()).toBeUndefined();
}

inBrowser('in a browser', () => {
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  beforeEach(async () => {
    page = await browser.newPage();
  });

  afterEach(async () => {
    await page.close();
  });

  afterAll(async () => {
    await browser.close();
  });

  test(
    'a no is taken for one',
    inWorld(async () => {
      const { address, finished } = login();
      await page.goto((await address).href);
      await page.getByRole('button', { name: 'Cancel' }).click();
      await page.getByRole('heading', { name: 'The login did not work' }).waitFor();

      expect(await page.locator('body').innerText()).toContain(
        "You chose Cancel on Spotify's page.",
      );
      await expectFailure(await finished, ['You chose Cancel', 'choose Agree']);
    }),
  );

  test(
    'the answer to another attempt is refused, and the right one is still waited for',
    inWorld(async () => {
      const { address, finished } = login();
      const answer = await decide(await address);
      const stray = new URL(answer);
      stray.searchParams.set('state', 'of-another-attempt');
      const response = await page.goto(stray.href);

      expect(response?.status()).toBe(400);
      expect(await page.locator('body').innerText()).toContain('another login attempt');
      expect(
        here()
          .spotify.requests()
          .map(({ path }) => path),
      ).not.toContain('/api/token');
      await page.goto(answer.href);
      expect((await finished).code).toBe(0);
    }),
  );

  test(
    'a code that was used before is worth nothing',
    inWorld(async () => {
      const { address, finished } = login();
      const answer = await decide(await address);
      await useUp(answer);
      await page.goto(answer.href);

      expect(await page.locator('body').innerText()).toContain('used before');
      await expectFailure(await finished, ['used before', 'ten minutes']);
    }),
  );

  test(
    'pages load nothing, are kept nowhere and tell nobody where they came from',
    inWorld(async () => {
      const { address, child, finished } = login();
      const { searchParams } = await address;
      const callback = searchParams.get('redirect_uri') ?? '';
      const response = await page.goto(callback);

      expect(response?.status()).toBe(404);
      expect(response?.headers()).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(await page.evaluate('getComputedStyle(document.body).marginTop')).toBe('0px');
      child.kill('SIGINT');
      expect(await finished).toMatchObject({
        code: 130,
        stderr: expect.stringContaining('stopped'),
      });
    }),
  );
});

/** Somebody else exchanges the code first. */
async function useUp({ searchParams }: URL): Promise<void> {
  const { clientId, clientSecret } = here().spotify.credentials;
  await fetch(`${here().spotify.url}/api/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: searchParams.get('code') ?? '',
      redirect_uri: 'http://127.0.0.1/callback',
      client_id: clientId,
      client_secret: clientSecret,
    }),
  });
}

describe('what Spotify would only tell in the browser is found out before', () => {
  test.concurrent(
    'a redirect URI that is not registered is named, and where to add it',
    inWorld(async () => {
      await here().spotify.close();
      here().spotify = await startSpotifySimulator({
        redirectUris: ['https://example.com/callback'],
      });
      const { url } = here().spotify;
      const { finished } = here().program.start(['login', '--no-browser'], {
        env: { SPOTIFY_ACCOUNTS_URL: url, SPOTIFY_API_URL: url },
      });

      await expectFailure(await finished, [
        /does not have http:\/\/127\.0\.0\.1:\d+\/callback among its redirect URIs/,
        'add http://127.0.0.1/callback ',
        'https://developer.spotify.com/dashboard',
      ]);
    }),
  );

  test.concurrent(
    'a client ID that no app has',
    inWorld(async () => {
      const { finished } = login('--client-id', 'nobody');

      await expectFailure(await finished, ['no app with this client ID', 'SPOTIFY_CLIENT_ID']);
    }),
  );
});

describe('pasted', () => {
  const paste = async (edit: (answer: URL) => string): Promise<Finished> => {
    const { address, child, finished } = here().program.start(['login', '--paste']);
    child.stdin?.end(edit(await decide(await address)));
    return finished;
  };

  test.concurrent.each([
    ['as it is', (href: string) => `${href}\n`],
    ['without a line end, in quotes, with blanks', (href: string) => `\n  "${href}"  `],
  ])(
    'an address %s is taken',
    inWorld(async (_how, toText) => {
      const { code, stdout } = await paste(({ href }) => toText(href));

      expect(code).toBe(0);
      expect(stdout).toContain('✔ Logged in as ');
      expect((await here().program.readLogin())?.login.scopes).toEqual(INGEST_SCOPES);
    }),
  );

  test.concurrent.each([
    ['nothing', () => '', 'No address was pasted'],
    ['something else', () => 'https://example.com/\n', 'no code in it'],
    ['another attempt’s', ({ href }: URL) => href.replace(/state=\w/, 'state='), 'another login'],
  ])(
    '%s is told',
    inWorld(async (_what, edit, words) => {
      await expectFailure(await paste(edit), [words]);
    }),
  );

  test.concurrent(
    'the address to open, pasted back, is told apart',
    inWorld(async () => {
      const { address, child, finished } = here().program.start(['login', '--paste']);
      child.stdin?.end(`${(await address).href}\n`);

      await expectFailure(await finished, ['it is the printed address']);
    }),
  );
});

describe('an account that Spotify will not serve', () => {
  const agree = async (): Promise<{ finished: Finished; page: string }> => {
    const running = login();
    const page = await fetch(await decide(await running.address));
    return { finished: await running.finished, page: await page.text() };
  };

  test.concurrent.each(['json', 'text'] as const)(
    'not on the app’s list, told as %s',
    inWorld(async (allowListed) => {
      here().spotify.configure({ allowListed });
      const { finished, page } = await agree();

      await expectFailure(finished, ["not on this app's list of users", 'User Management']);
      expect(page).toContain('User Management');
    }),
  );

  test.concurrent(
    'an owner without Premium',
    inWorld(async () => {
      here().spotify.configure({ premium: false });
      const { finished, page } = await agree();

      await expectFailure(finished, ['owner has no active Premium']);
      expect(page).toContain('Premium');
    }),
  );

  test.concurrent(
    'a Spotify that breaks off is told as such',
    inWorld(async () => {
      const running = login();
      const answer = await decide(await running.address);
      here().spotify.addFault({
        match: { path: /\/api\/token$/ },
        action: { type: 'reset', when: 'before-headers' },
      });
      await fetch(answer);

      await expectFailure(await running.finished, ['could not be reached', 'Check the network']);
    }),
  );

  test.concurrent(
    'a token refused once for no reason is shown again',
    inWorld(async () => {
      here().spotify.addFault({
        match: { path: /\/me$/ },
        action: { type: 'token-refused', message: 'Access token missing' },
      });

      expect((await agree()).finished.code).toBe(0);
    }),
  );
});

describe('a Spotify that answers otherwise than it should', () => {
  const REPLY = {
    access_token: 'canary-access',
    token_type: 'Bearer',
    expires_in: 3_600,
    refresh_token: 'canary-refresh',
    scope: INGEST_SCOPES.join(' '),
  };

  const JSON_TYPE = { 'content-type': 'application/json' };

  test.concurrent.each<[string, ScriptedReply, string]>([
    [
      'fewer scopes than reading needs',
      { body: { ...REPLY, scope: 'playlist-read-private' } },
      'the scopes for reading playlists: playlist-read-collaborative',
    ],
    ['no refresh token', { body: { ...REPLY, refresh_token: undefined } }, 'no_refresh_token'],
    ['no access token', { body: { ...REPLY, access_token: 7 } }, 'a wrong answer'],
    ['half a reply', { body: '{"access_token":"canary-access' }, 'a wrong answer'],
    ['a broken gateway', { status: 502, body: '<html>canary</html>' }, 'a wrong answer'],
    [
      'a redirect',
      { status: 302, headers: { location: 'https://canary.example/' } },
      'with a redirect (302)',
    ],
    ['a web page', { body: '<html>canary</html>' }, 'with a web page (200)'],
    ['a web page with 401', { status: 401, body: '<html>canary' }, 'with a web page (401)'],
    [
      'a refusal in its own words',
      {
        status: 400,
        headers: JSON_TYPE,
        body: { error: 'invalid_request', error_description: 'canary' },
      },
      'refused the login (invalid_request)',
    ],
    [
      'a client ID refused late',
      { status: 401, headers: JSON_TYPE, body: { error: 'invalid_client' } },
      'client ID',
    ],
    [
      'the same with a challenge',
      { status: 401, headers: { 'www-authenticate': 'Basic realm="canary"' }, body: 'canary' },
      'client ID',
    ],
  ])(
    '%s: told, without a secret, and nothing stored',
    inWorld(async (_what, reply, words) => {
      const accounts = await startScriptedServer(({ path }) =>
        path === '/api/token' ? reply : { body: '' },
      );
      const { address, finished } = here().program.start(['login', '--no-browser'], {
        env: { SPOTIFY_ACCOUNTS_URL: accounts.url.origin },
      });
      const { searchParams } = await address;
      const answer = new URL(searchParams.get('redirect_uri') ?? '');
      answer.searchParams.set('code', 'canary-code');
      answer.searchParams.set('state', searchParams.get('state') ?? '');
      const page = await (await fetch(answer)).text();
      const ended = await finished;

      await expectFailure(ended, [escapeRegExp(words)]);
      expect(`${page}${ended.stdout}${ended.stderr}`).not.toContain('canary');
    }),
  );

  test.concurrent.each([{ gzip: false }, { gzip: true }])(
    'a token reply without an end (%j): given up after 4 MB',
    inWorld(async (padding) => {
      here().spotify.addFault({
        match: { path: /^\/api\/token$/ },
        action: { type: 'padded', ...padding },
      });
      const { address, finished } = login();
      await fetch(await decide(await address));

      await expectFailure(await finished, [
        escapeRegExp(`${here().spotify.url} was larger than 4 MB`),
      ]);
    }),
  );

  test.concurrent.each([
    ['server_error', 'refused the login (server_error)'],
    ['<script>alert(1)</script>', 'Spotify refused the login.'],
  ])(
    'the word %s in its answer',
    inWorld(async (error, words) => {
      const { address, finished } = login();
      const answer = await decide(await address, 'cancel');
      answer.searchParams.set('error', error);
      const page = await (await fetch(answer)).text();

      await expectFailure(await finished, [escapeRegExp(words)]);
      expect(page).not.toContain('<script');
    }),
  );
});

function escapeRegExp(text: string): RegExp {
  return new RegExp(text.replaceAll(/[()./]/g, '\\$&'));
}

describe('the server on this machine', () => {
  test.concurrent(
    'takes any port where the usual one is taken, and says so where one was asked for',
    inWorld(async () => {
      const other = await takePort(8888);
      try {
        const { address, finished } = login();
        const answer = await decide(await address);
        expect(answer.port).not.toBe('8888');
        await fetch(answer);
        expect((await finished).code).toBe(0);

        const { code, stderr } = await login('--port', '8888').finished;
        expect(code).toBe(1);
        expect(stderr).toContain('Port 8888 is in use');
      } finally {
        other.close();
      }
    }),
  );

  test.concurrent(
    'a port asked for is where the browser comes back to',
    inWorld(async () => {
      const port = await freePort();
      const { address, child, finished } = login('--port', String(port));
      const { searchParams } = await address;

      expect(searchParams.get('redirect_uri')).toBe(`http://127.0.0.1:${port}/callback`);
      child.kill('SIGTERM');
      expect((await finished).code).toBe(130);
    }),
  );

  test.concurrent(
    'whoever only looks does not end the wait',
    inWorld(async () => {
      const { address, finished } = login();
      const url = await address;
      const answer = await decide(url);
      const { origin, href } = answer;
      const statuses = await Promise.all([
        fetch(origin).then(({ status }) => status),
        fetch(`${origin}/favicon.ico`).then(({ status }) => status),
        fetch(`${origin}/callback`).then(({ status }) => status),
        fetch(href, { method: 'POST' }).then(({ status }) => status),
        fetch(href, { method: 'HEAD' }).then(({ status }) => status),
      ]);

      expect(statuses).toEqual([404, 404, 404, 404, 404]);
      expect((await fetch(href)).status).toBe(200);
      expect((await finished).code).toBe(0);
    }),
  );

  test.concurrent(
    'of two answers at once one counts',
    inWorld(async () => {
      here().spotify.configure({ latencyMs: 50 });
      const { address, finished } = login();
      const answer = await decide(await address);
      const statuses = await Promise.all([fetch(answer), fetch(answer)]);

      expect(statuses.map(({ status }) => status).sort()).toEqual([200, 404]);
      expect((await finished).code).toBe(0);
    }),
  );

  test.concurrent(
    'a browser that leaves before the page is there does not spoil the login',
    inWorld(async () => {
      here().spotify.configure({ latencyMs: 100 });
      const { address, finished } = login();
      const answer = await decide(await address);
      const leaving = request(answer);
      leaving.on('error', () => undefined);
      leaving.end();
      while (
        !here()
          .spotify.requests()
          .some(({ path }) => path === '/api/token')
      )
        await sleep(5);
      leaving.destroy();

      expect((await finished).code).toBe(0);
      expect(await here().program.readLogin()).toBeDefined();
    }),
  );

  test.concurrent.each([/\/api\/token$/, /\/me$/])(
    'Ctrl-C ends it at once while Spotify keeps it waiting at %s, and the page says so',
    inWorld(async (path) => {
      here().spotify.addFault({ match: { path }, times: 'always', action: { type: 'hang' } });
      const { address, child, finished } = login();
      const answer = await decide(await address);
      const page = fetch(answer).then((response) => response.text());
      while (
        !here()
          .spotify.requests()
          .some((served) => path.test(served.path))
      )
        await sleep(10);
      child.kill('SIGINT');

      expect(await page).toContain('stopped at the terminal');
      expect(await finished).toMatchObject({ code: 130, stderr: expect.stringMatching(/stopped/) });
      expect(await here().program.readLogin()).toBeUndefined();
    }),
  );

  test.concurrent(
    'nobody coming is told after a while',
    inWorld(async () => {
      const { finished } = login('--timeout', '1');

      await expectFailure(await finished, ['within 1 second.', '--paste']);
    }),
  );
});

/** Other cases have it for a moment now and then. */
async function takePort(port: number): Promise<Server> {
  for (;;) {
    const server = createServer().listen(port, '127.0.0.1');
    const isTaken = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (isTaken) return server;
    await sleep(20);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

describe('the stored login', () => {
  const loginOnce = async (...args: string[]): Promise<Finished> => {
    const { address, finished } = login(...args);
    await fetch(await decide(await address));
    return finished;
  };

  test.concurrent(
    'a second one takes the place of the first, and logout forgets it',
    inWorld(async () => {
      const started = here().program.start(['login', '--no-browser']);
      await fetch(await decide(await started.address));
      expect((await started.finished).stdout).not.toContain('in place of');
      const first = await here().program.readLogin();
      expect((await loginOnce('--for', 'listening')).stdout).toContain('in place of');
      const second = await here().program.readLogin();

      expect(second?.login.refresh_token).not.toBe(first?.login.refresh_token);
      expect(second?.login.scopes).toEqual([...INGEST_SCOPES, 'user-read-recently-played']);

      const out = await here().program.start(['logout']).finished;
      expect(out).toMatchObject({ code: 0, stderr: '' });
      expect(out.stdout).toContain('https://www.spotify.com/account/apps');
      expect(await here().program.readLogin()).toBeUndefined();

      const again = await here().program.start(['logout']).finished;
      expect(again).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Nobody is logged in'),
      });
    }),
  );

  test.concurrent(
    'a login that fails leaves the one before it alone',
    inWorld(async () => {
      await loginOnce();
      const before = await here().program.readLogin();
      const { address, finished } = login();
      await fetch(await decide(await address, 'cancel'));

      expect((await finished).code).toBe(1);
      expect(await here().program.readLogin()).toEqual(before);
    }),
  );

  test.concurrent(
    'a token in the environment that would be used instead is told',
    inWorld(async () => {
      const { address, finished } = here().program.start(['login', '--no-browser'], {
        env: { SPOTIFY_REFRESH_TOKEN: 'canary' },
      });
      await fetch(await decide(await address));
      const { stderr } = await finished;

      expect(stderr).toContain('SPOTIFY_REFRESH_TOKEN is set');
      expect(stderr).not.toContain('canary');
    }),
  );

  test.concurrent(
    'in AWS it is a secret named by stage, and logout removes it',
    inWorld(async () => {
      const secrets = await startSecretsServer();
      const env = {
        AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url.href,
        AWS_ACCESS_KEY_ID: 'canary',
        AWS_SECRET_ACCESS_KEY: 'canary',
      };
      const aws = ['--store', 'aws', '--stage', 'prod'];
      for (const isFirst of [true, false]) {
        const { address, finished } = here().program.start(['login', '--no-browser', ...aws], {
          env,
        });
        await fetch(await decide(await address));
        const { code, stderr, stdout } = await finished;

        expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
        expect(stdout).toContain('spotify-etl-prod-login');
        expect(stdout.includes('in place of')).toBe(!isFirst);
      }
      expect(secrets.versions('spotify-etl-prod-login').labelled).toBe(2);
      expect(await here().program.readLogin()).toBeUndefined();

      const out = await here().program.start(['logout', ...aws], { env }).finished;
      expect(out).toMatchObject({ code: 0, stdout: expect.stringContaining('Logged out') });
      const again = await here().program.start(['logout', ...aws], { env }).finished;
      expect(again).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Nobody is logged in'),
      });
    }),
  );

  test.concurrent(
    'what stands there and is no login is told before anybody agrees; logout clears it away',
    inWorld(async () => {
      const file = join(here().program.folder, 'other.json');
      const env = { SPOTIFY_TOKEN_FILE: file };
      await writeFile(file, '{"canary":');
      const { code, stderr } = await here().program.start(['login', '--no-browser'], { env })
        .finished;

      expect(code).toBe(1);
      expect(stderr).toContain('is not a login of this program');
      expect(stderr).not.toContain('canary');
      expect(here().spotify.requests()).toEqual([]);

      expect((await here().program.start(['logout'], { env }).finished).code).toBe(0);
      const { address, finished } = here().program.start(['login', '--no-browser'], { env });
      await fetch(await decide(await address));
      expect((await finished).code).toBe(0);
    }),
  );

  test.concurrent(
    'AWS without credentials is told before anybody agrees to anything',
    inWorld(async () => {
      const { finished } = here().program.start(['login', '--no-browser', '--store', 'aws'], {
        env: {
          HOME: here().program.folder,
          AWS_CONFIG_FILE: '/dev/null',
          AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
          AWS_EC2_METADATA_DISABLED: 'true',
        },
      });

      await expectFailure(await finished, ['no AWS credentials', '--profile']);
      expect(here().spotify.requests()).toEqual([]);
    }),
  );
});

describe('usage', () => {
  test.concurrent(
    'without a client ID nothing begins',
    inWorld(async () => {
      const { code, stderr } = await here().program.start(['login'], {
        env: { SPOTIFY_CLIENT_ID: '' },
      }).finished;

      expect(code).toBe(2);
      expect(stderr).toContain('http://127.0.0.1/callback');
    }),
  );

  test.concurrent(
    'wrong usage ends with 2',
    inWorld(async () => {
      const { code, stderr } = await here().program.start(['login', '--nonsense']).finished;

      expect(code).toBe(2);
      expect(stderr).toContain('--nonsense');
    }),
  );

  test.concurrent.each(['login', 'logout'])(
    '%s --help shows examples',
    inWorld(async (command) => {
      const { code, stdout } = await here().program.start([command, '--help']).finished;

      expect(code).toBe(0);
      expect(stdout).toContain('Examples:');
    }),
  );
});
