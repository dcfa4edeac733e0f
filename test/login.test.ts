/** What a person types: npx spotify-etl login. A real process, a real browser, a simulated Spotify. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { startDynamodb } from '../local/dynamodb.ts';
import { type SpotifySimulator, startSpotifySimulator } from '../local/simulator/simulator.ts';
import type { Reply } from '../local/simulator/test-client.ts';
import { postToken, toBasic } from '../local/simulator/test-login.ts';
import { readStack } from '../local/table-definitions.ts';
import { inBrowser, launchChromium } from './support/chromium.ts';
import { createLoginProgram, decide, type LoginProgram } from './support/login-program.ts';

const INGEST_SCOPES = ['playlist-read-private', 'playlist-read-collaborative', 'user-library-read'];

inBrowser('agreeing in a browser', () => {
  test('ends in a page that says who is logged in, in a file for the owner only, and the doctor finds all well', async () => {
    const spotify = await startSpotifySimulator();
    const program = await createLoginProgram(spotify);
    const browser = await launchChromium();
    const page = await browser.newPage();
    try {
      const { address, finished } = program.start([
        'login',
        '--no-browser',
        '--for',
        'ingest,sync,listening',
      ]);
      await page.goto((await address).href);
      const before = Date.now();
      await page.getByRole('button', { name: 'Agree' }).click();
      await page.getByRole('heading', { name: /^Logged in as / }).waitFor();
      const shown = await page.locator('body').innerText();
      const html = await page.content();
      const { searchParams } = new URL(page.url());
      const { code, stderr, stdout } = await finished;

      const { user } = spotify.catalogue;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(shown).toContain(`Logged in as ${user.displayName} (${user.id})`);
      expect(shown).toContain('You can close this page.');
      expect(stdout).toContain(`✔ Logged in as ${user.displayName} (${user.id}).`);
      expect(stdout).toMatch(/spotify-login\.json/);
      const stored = await program.readLogin();
      expect(stored).toEqual({
        mode: 0o600,
        login: {
          refresh_token: expect.any(String),
          client_id: spotify.credentials.clientId,
          authorized_at: expect.any(String),
          scopes: [
            ...INGEST_SCOPES,
            'playlist-modify-public',
            'playlist-modify-private',
            'user-read-recently-played',
          ],
          account_id: user.accountId,
          user_id: user.id,
          access_token: expect.any(String),
          access_token_expires_at: expect.any(String),
        },
      });
      const authorizedAt = Date.parse(stored?.login.authorized_at ?? '');
      expect(authorizedAt).toBeGreaterThanOrEqual(before - 1_000);
      expect(Date.parse(stored?.login.access_token_expires_at ?? '') - authorizedAt).toBe(
        3_600_000,
      );

      const secrets = [
        searchParams.get('code'),
        stored?.login.refresh_token,
        stored?.login.access_token,
      ];
      for (const secret of secrets) {
        expect(typeof secret).toBe('string');
        expect(`${stdout}${stderr}${html}`).not.toContain(secret);
      }
      expect(html).not.toContain(searchParams.get('state'));

      const { tables } = await readStack('serverless.yml', 'local');
      const dynamodb = await startDynamodb({ port: 0, tables });
      const doctor = await program.start(['doctor', '--stage', 'local'], {
        env: { DYNAMODB_PORT: new URL(dynamodb.url).port },
      }).finished;
      await dynamodb.close();

      expect(doctor).toMatchObject({ code: 0, stderr: '' });
      expect(doctor.stdout).toContain(
        `Logged in as ${user.id}, in ${join(program.folder, '.local', 'spotify-login.json')}, `,
      );
      expect(doctor.stdout).toMatch(/^All is well\. \d requests to Spotify\.$/m);
      for (const secret of secrets) expect(doctor.stdout).not.toContain(secret);
    } finally {
      await browser.close();
      await Promise.all([spotify.close(), program.remove()]);
    }
  });
});

test('a second login keeps what the first was for, and says so', async () => {
  const spotify = await startSpotifySimulator();
  const program = await createLoginProgram(spotify);
  const logIn = async (feature: string): Promise<string> => {
    const { address, finished } = program.start(['login', '--no-browser', '--for', feature]);
    await fetch(await decide(await address));
    return (await finished).stdout;
  };
  try {
    const first = await logIn('sync');
    const second = await logIn('listening');

    expect(first).not.toContain('Also asks for');
    expect(second).toContain(
      'Also asks for sync, which the stored login allows. Log out first to drop that.',
    );
    expect((await program.readLogin())?.login.scopes).toEqual([
      ...INGEST_SCOPES,
      'playlist-modify-public',
      'playlist-modify-private',
      'user-read-recently-played',
    ]);
  } finally {
    await Promise.all([spotify.close(), program.remove()]);
  }
});

describe('a login with the secret', () => {
  let spotify: SpotifySimulator;
  let program: LoginProgram;
  beforeAll(async () => {
    spotify = await startSpotifySimulator();
    program = await createLoginProgram(spotify);
  });
  afterAll(() => Promise.all([spotify.close(), program.remove()]));

  const logIn = async (args: string[], secret = spotify.credentials.clientSecret) => {
    const { address, finished } = program.start(['login', '--no-browser', ...args], {
      env: { SPOTIFY_CLIENT_SECRET: secret },
    });
    const url = await address;
    await fetch(await decide(url));
    return { url, ...(await finished) };
  };

  const refresh = (refreshToken: string): Promise<Reply> => {
    const { clientId, clientSecret } = spotify.credentials;
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    return postToken(spotify, form, toBasic(`${clientId}:${clientSecret}`));
  };

  test('prints a token that can be used again and again, alone on stdout, and stores nothing', async () => {
    const { code, stderr, stdout, url } = await logIn([
      '--for',
      'listening',
      '--with-secret',
      '--print',
    ]);
    const token = stdout.trimEnd();

    expect(code).toBe(0);
    expect(stdout).toMatch(/^AQ[\w-]+\n$/);
    expect(url.searchParams.has('code_challenge')).toBe(false);
    for (let turn = 0; turn < 2; turn += 1) {
      const { body, status } = await refresh(token);
      expect(status).toBe(200);
      expect(body).toMatchObject({ scope: expect.stringContaining('user-read-recently-played') });
      expect(body).not.toHaveProperty('refresh_token');
    }
    expect(stderr).toContain('repository secret SPOTIFY_REFRESH_TOKEN');
    expect(stderr).toContain('user-read-recently-played');
    expect(stderr).toContain('https://www.spotify.com/account/apps');
    for (const secret of [token, spotify.credentials.clientSecret]) {
      expect(stderr).not.toContain(secret);
    }
    expect(await readdir(program.folder)).toEqual([]);
  });

  test('is stored with the note that its refresh needs the secret', async () => {
    const { code, stdout } = await logIn(['--with-secret']);

    expect(code).toBe(0);
    const { login } = (await program.readLogin()) ?? {};
    expect(login).toMatchObject({ needs_secret: true });
    expect(stdout).not.toContain(login?.refresh_token);
  });

  test('fails with a wrong secret, which is not shown', async () => {
    const { code, stderr, stdout } = await logIn(['--with-secret', '--print'], 'canary-secret');

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('does not accept this client ID with this client secret');
    expect(stderr).not.toContain('canary');
  });

  test('does not begin without one', async () => {
    const { code, stderr } = await program.start(['login', '--with-secret', '--print']).finished;

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/^✖ --with-secret needs SPOTIFY_CLIENT_SECRET/),
    });
  });
});
