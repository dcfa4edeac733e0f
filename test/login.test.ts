/** What a person types: npx spotify-etl login. A real process, a real browser, a simulated Spotify. */
import { join } from 'node:path';
import { startDynamodb } from '../local/dynamodb.ts';
import { startSpotifySimulator } from '../local/simulator/simulator.ts';
import { readStack } from '../local/table-definitions.ts';
import { findChromium, launchChromium } from './support/chromium.ts';
import { createLoginProgram } from './support/login-program.ts';

const INGEST_SCOPES = ['playlist-read-private', 'playlist-read-collaborative', 'user-library-read'];

const chromiumPath = findChromium();
const inBrowser = chromiumPath === undefined ? test.skip : test;
const skipped =
  chromiumPath === undefined ? ' (skipped: no Chromium here, CHROMIUM_PATH may name one)' : '';

inBrowser(
  `agreeing ends in a page that says who is logged in, in a file for the owner only, and the doctor finds all well${skipped}`,
  async () => {
    const spotify = await startSpotifySimulator();
    const program = await createLoginProgram(spotify);
    const browser = await launchChromium(chromiumPath ?? '');
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
  },
);
