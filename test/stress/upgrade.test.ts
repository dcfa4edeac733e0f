/** Files of version 0.1.0 of November 2026 still work: a login, a playlists file and tables. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { probePort } from '../../local/listen.ts';
import { parseLocalSettings } from '../../local/settings.ts';
import { type SpotifySimulator, startSpotifySimulator } from '../../local/simulator/simulator.ts';
import { type LocalStack, startStack } from '../../local/stack.ts';
import { createTriggerProgram, type TriggerProgram } from '../support/trigger-program.ts';

let dataDir: string;
let simulator: SpotifySimulator;
let stack: LocalStack;
let trigger: TriggerProgram;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'spotify-etl-upgrade-'));
  await cp('test/fixtures/state-of-2026-11', dataDir, { recursive: true });
  simulator = await startSpotifySimulator({});
  trigger = await createTriggerProgram();
  const settings = parseLocalSettings({
    API_PORT: String(await probePort(0, { what: 'the API', variable: 'API_PORT' })),
    DYNAMODB_PORT: '0',
    DATA_DIR: dataDir,
    SPOTIFY_API_URL: simulator.url,
    SPOTIFY_ACCOUNTS_URL: simulator.url,
    SPOTIFY_CLIENT_ID: simulator.credentials.clientId,
    SPOTIFY_CLIENT_SECRET: simulator.credentials.clientSecret,
  });
  const log = new PassThrough().resume();
  stack = await startStack({ settings, log, stopping: new AbortController().signal });
});

afterAll(async () => {
  await stack.close();
  await Promise.all([simulator.close(), trigger.remove(), rm(dataDir, { recursive: true })]);
});

test('a refresh of the old file uses the old login, completes the old rows once, and asks for no row that was refused for good', async () => {
  const file = join(dataDir, 'playlists.csv');
  const before = await readFile(file, 'utf8');

  const refresh = ['trigger', file, '--endpoint', stack.apiUrl, '--refresh', '--json'];
  const { code, stdout } = await trigger.run(refresh);

  expect({ code, stdout }).toMatchObject({ code: 0 });
  expect(stdout).not.toContain('PLAYLIST_NOT_READABLE');
  const after = await readFile(file, 'utf8');
  expect(after).toContain('""code"":""loaded""');
  expect(after).not.toContain('""code"":""unchanged""');
  const rows = (text: string) => text.split('\n').map((line) => line.split(',')[0]);
  expect(rows(after)).toEqual(rows(before));
  expect(after).toContain('""code"":""PLAYLIST_NOT_READABLE""');
  await trigger.run(refresh);
  expect(await readFile(file, 'utf8')).toContain('""code"":""unchanged""');
  const login = await readFile(join(dataDir, 'spotify-login.json'), 'utf8');
  expect(JSON.parse(login)).toMatchObject({
    refresh_token: simulator.credentials.refreshToken,
    access_token: expect.not.stringMatching('an-old-access-token') as unknown,
  });
});
