import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../app/app.ts';
import { parseConfig } from '../../app/config.ts';
import { logInAnew } from '../../local/simulator/test-login.ts';
import { FileTokenStore } from '../../spotify/login/file-token-store.ts';
import { SecretTokenStore } from '../../spotify/login/secret-token-store.ts';
import type { TokenStore } from '../../spotify/login/token-store.ts';
import { closeScriptedServers } from '../support/scripted-server.ts';
import { type SecretsServer, startSecretsServer } from '../support/secrets-server.ts';
import { createWorld, type World } from '../support/world.ts';

const SECRET = 'spotify-etl-test-login';
const DOWN = { error: 'InternalServiceError', status: 500 };
const before = process.env;

let folder: string;
let world: World;
let secrets: SecretsServer | undefined;

beforeEach(async () => {
  process.env = { ...before };
  folder = await mkdtemp(join(tmpdir(), 'spotify-etl-places-'));
  world = await createWorld();
});
afterEach(async () => {
  process.env = before;
  await Promise.all([world.close(), closeScriptedServers(), rm(folder, { recursive: true })]);
});

/** A place for a login, and the variable that names it. */
async function openPlace(kind: string): Promise<{ store: TokenStore; variable: object }> {
  if (kind === 'file') {
    const path = join(folder, 'login.json');
    return { store: new FileTokenStore(path), variable: { SPOTIFY_TOKEN_FILE: path } };
  }
  secrets = await startSecretsServer();
  process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER = secrets.url.origin;
  return { store: new SecretTokenStore(SECRET), variable: { SPOTIFY_TOKEN_SECRET: SECRET } };
}

test('the warnings of a run that fails are in its own answer, not in that of the next run', async () => {
  const { store, variable } = await openPlace('secret');
  const { clientId } = world.spotify.credentials;
  const { refreshToken } = await logInAnew(world.spotify, {
    usesPkce: true,
    scope: 'playlist-read-private',
  });
  await store.replace({ refresh_token: refreshToken, client_id: clientId, scopes: [] });
  // The claim is stored; what Spotify answers to the refresh is not.
  secrets?.failNext('PutSecretValue', 'none', ...Array<typeof DOWN>(12).fill(DOWN));
  Object.assign(world.environment, variable, { SPOTIFY_REFRESH_TOKEN: '' });
  world.restart();

  const failed = await world.ingest('0000000000000000000000');
  const next = await world.ingest(world.spotify.catalogue.playlistOfSize(1).id);

  expect(failed.body).toMatchObject({
    code: 'PLAYLIST_NOT_FOUND',
    warnings: [expect.stringContaining('could not be stored')],
  });
  expect(next.body).toMatchObject({ status: 'loaded' });
  expect(next.body).not.toHaveProperty('warnings');
});

describe.each(['file', 'secret'])('a function whose login is in a %s', (kind) => {
  it('loads with it, stops without a call where it is revoked, and goes on after a new one', async () => {
    const { store, variable } = await openPlace(kind);
    const { clientId } = world.spotify.credentials;
    const logIn = async (): Promise<void> => {
      const { refreshToken } = await logInAnew(world.spotify, {
        usesPkce: true,
        scope: 'playlist-read-private',
      });
      const login = { refresh_token: refreshToken, client_id: clientId, scopes: [] };
      await store.replace(login);
    };
    const ingest = async (): Promise<unknown> => {
      const { SPOTIFY_REFRESH_TOKEN, SPOTIFY_CLIENT_SECRET, ...rest } = world.environment;
      const app = createApp(parseConfig({ ...rest, ...variable }));
      const playlist = world.spotify.catalogue.playlistOfSize(50);
      return app.ingestPlaylist(playlist.id, { runId: 'run', deadlineAt: Date.now() + 60_000 });
    };

    await expect(ingest()).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });
    await logIn();
    expect(await ingest()).toMatchObject({ status: 'loaded' });

    world.spotify.revokeLogins();
    const found = await store.find();
    if (found === undefined) throw new Error('The login is gone.');
    const { access_token, access_token_expires_at, ...login } = found.login;
    await store.replace(login);
    await expect(ingest()).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });
    world.spotify.clearRequests();
    await expect(ingest()).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });
    expect(world.spotify.requests()).toEqual([]);

    await logIn();
    expect(await ingest()).toMatchObject({ status: 'unchanged' });
  });
});
