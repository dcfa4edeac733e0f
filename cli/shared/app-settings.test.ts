import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AppOptions, type AppSettings, readAppSettings } from './app-settings.ts';
import type { Environment } from './dynamodb-settings.ts';

const APP = { SPOTIFY_CLIENT_ID: 'client-1' };
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spotify-etl-settings-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const read = (options: Partial<AppOptions>, environment: Environment = {}): Promise<AppSettings> =>
  readAppSettings({ stage: 'dev', ...options }, { ...APP, DATA_DIR: folder, ...environment });

const loginOf = async (options: Partial<AppOptions>, environment: Environment = {}) =>
  (await read(options, environment)).config.spotify.login;

describe('the settings of a stage', () => {
  test('name the tables of the stage as serverless.yml does, unless the environment names others', async () => {
    const { config } = await read({ stage: 'prod' }, { TRACK_TABLE: 'mine', ALBUM_TABLE: '' });

    expect(config.tables).toEqual({
      playlist: 'spotify-etl-prod-playlist',
      track: 'mine',
      album: 'spotify-etl-prod-album',
      artist: 'spotify-etl-prod-artist',
    });
    expect(config.stateTable).toBe('spotify-etl-prod-state');
  });

  test('lead to the tables where export finds them', async () => {
    const { dynamodb } = await read({ stage: 'local' }, { DYNAMODB_PORT: '8001' });

    expect(dynamodb.endpoint).toBe('http://127.0.0.1:8001');
  });

  test('are those of the simulated Spotify on stage local where there is no app', async () => {
    const environment = { SPOTIFY_CLIENT_ID: '', SPOTIFY_SIMULATOR_PORT: '8011' };
    const { config } = await read({ stage: 'local' }, environment);

    expect(config.spotify.apiUrl.origin).toBe('http://127.0.0.1:8011');
    expect(config.spotify.login).toMatchObject({ kind: 'refresh-token' });
    expect(config.spotify.budget).toBeUndefined();
  });

  test('are refused by name where something is missing', async () => {
    await expect(read({}, { SPOTIFY_CLIENT_ID: '' })).rejects.toThrow(
      'SPOTIFY_CLIENT_ID is not set',
    );
  });
});

describe('the login', () => {
  test('is the file of this machine on stage local, and where there is one', async () => {
    const path = join(folder, 'spotify-login.json');
    expect(await loginOf({ stage: 'local' })).toEqual({ kind: 'file', path });
    expect(await loginOf({})).toEqual({ kind: 'secret', name: 'spotify-etl-dev-login' });

    writeFileSync(path, '{}');
    expect(await loginOf({})).toEqual({ kind: 'file', path });
  });

  test.each<[Environment, object]>([
    [{ SPOTIFY_REFRESH_TOKEN: 'r' }, { kind: 'refresh-token', refreshToken: 'r' }],
    [{ SPOTIFY_TOKEN_FILE: 'f' }, { kind: 'file', path: 'f' }],
    [{ SPOTIFY_TOKEN_SECRET: 's' }, { kind: 'secret', name: 's' }],
  ])('is that of the environment: %o', async (environment, login) => {
    expect(await loginOf({}, environment)).toEqual(login);
  });

  test('is where --store says, whatever the environment has', async () => {
    const environment = { SPOTIFY_REFRESH_TOKEN: 'r', SPOTIFY_TOKEN_FILE: 'f' };

    expect(await loginOf({ store: 'file' }, environment)).toEqual({ kind: 'file', path: 'f' });
    expect(await loginOf({ store: 'aws', stage: 'prod' }, environment)).toEqual({
      kind: 'secret',
      name: 'spotify-etl-prod-login',
    });
  });
});
