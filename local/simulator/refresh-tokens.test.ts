import * as z from 'zod';
import { REFRESH_TOKEN_LIFE_DAYS } from './refresh-tokens.ts';
import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { type Reply, requestToken } from './test-client.ts';
import { logInAnew, postToken } from './test-login.ts';

const DAY_MS = 86_400_000;
const OTHER_APP = { clientId: 'another-app', clientSecret: 'another-secret' };
const PKCE_LOGIN = { usesPkce: true };

let simulator: SpotifySimulator;
let nowMs = 0;

beforeEach(async () => {
  simulator = await startSpotifySimulator({ now: () => nowMs, apps: [OTHER_APP] });
});
afterEach(() => simulator.close());

/** With the app's secret. */
async function refresh(token: string): Promise<Reply> {
  return requestToken(simulator, { grant_type: 'refresh_token', refresh_token: token });
}

/** By the client ID alone, as after a login by PKCE. */
async function refreshAsPublic(token: string): Promise<Reply> {
  const { clientId } = simulator.credentials;
  const form = { grant_type: 'refresh_token', refresh_token: token, client_id: clientId };
  return postToken(simulator, form);
}

function readToken({ body }: Reply): string {
  return z.object({ refresh_token: z.string() }).parse(body).refresh_token;
}

function refusal(description: string): object {
  return { status: 400, body: { error: 'invalid_grant', error_description: description } };
}

describe('a refresh token', () => {
  it('ends 180 days after the consent, however often it is used', async () => {
    expect(REFRESH_TOKEN_LIFE_DAYS).toBe(180);
    const { refreshToken } = await logInAnew(simulator);
    nowMs += 100 * DAY_MS;
    expect((await refresh(refreshToken)).status).toBe(200);
    nowMs += 80 * DAY_MS - 1;
    expect((await refresh(refreshToken)).status).toBe(200);
    nowMs += 1;
    expect(await refresh(refreshToken)).toMatchObject(refusal('Refresh token expired'));
  });

  it('hands its end on to the token that takes its place', async () => {
    const { refreshToken } = await logInAnew(simulator, PKCE_LOGIN);
    nowMs += 180 * DAY_MS - 1;
    const successor = readToken(await refreshAsPublic(refreshToken));
    nowMs += 1;
    expect(await refreshAsPublic(successor)).toMatchObject(refusal('Refresh token expired'));
  });

  it('is succeeded by that of a new login', async () => {
    await logInAnew(simulator);
    nowMs += 200 * DAY_MS;
    const { refreshToken } = await logInAnew(simulator);
    nowMs += 179 * DAY_MS;
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('keeps the scopes of its login', async () => {
    const scope = 'playlist-read-private user-read-recently-played';
    const { refreshToken } = await logInAnew(simulator, { ...PKCE_LOGIN, scope });
    expect((await refreshAsPublic(refreshToken)).body).toMatchObject({ scope });
  });

  it('is worth nothing to another app', async () => {
    const { refreshToken } = await logInAnew(simulator);
    const { clientId, clientSecret } = OTHER_APP;
    const client = { client_id: clientId, client_secret: clientSecret };
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken, ...client };
    expect(await postToken(simulator, form)).toMatchObject(refusal('Invalid refresh token'));
  });

  it('wants the secret if it was got with it, and is not used up without', async () => {
    const { refreshToken } = await logInAnew(simulator);
    expect((await refreshAsPublic(refreshToken)).body).toMatchObject({ error: 'invalid_client' });
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe('rotation', () => {
  it('makes a token got by PKCE good for one refresh, with the secret or without', async () => {
    const { refreshToken } = await logInAnew(simulator, PKCE_LOGIN);
    const second = readToken(await refreshAsPublic(refreshToken));
    expect(second).not.toBe(refreshToken);
    expect(await refreshAsPublic(refreshToken)).toMatchObject(refusal('Invalid refresh token'));
    const third = readToken(await refresh(second));
    expect((await refreshAsPublic(third)).status).toBe(200);
  });

  it('leaves a token got with the secret alone', async () => {
    const { refreshToken } = await logInAnew(simulator);
    expect((await refresh(refreshToken)).body).not.toHaveProperty('refresh_token');
    expect((await refresh(refreshToken)).status).toBe(200);
  });

  it('can be for all tokens, that of the credentials too', async () => {
    simulator.configure({ rotation: 'always' });
    for (const token of [
      (await logInAnew(simulator)).refreshToken,
      simulator.credentials.refreshToken,
    ]) {
      const successor = readToken(await refresh(token));
      expect(await refresh(token)).toMatchObject(refusal('Invalid refresh token'));
      expect((await refresh(successor)).status).toBe(200);
    }
  });

  it('can be for none', async () => {
    simulator.configure({ rotation: 'never' });
    const { refreshToken } = await logInAnew(simulator, PKCE_LOGIN);
    expect((await refreshAsPublic(refreshToken)).body).not.toHaveProperty('refresh_token');
    expect((await refreshAsPublic(refreshToken)).status).toBe(200);
  });

  it('uses a token up even if the answer is lost, not if there was none', async () => {
    const { refreshToken } = await logInAnew(simulator, PKCE_LOGIN);
    const match = { path: /token$/ };
    simulator.addFault({ match, action: { type: 'status', status: 503, body: 'empty' } });
    simulator.addFault({ match, action: { type: 'reset', when: 'before-headers' } });
    expect((await refreshAsPublic(refreshToken)).status).toBe(503);
    await expect(refreshAsPublic(refreshToken)).rejects.toThrow('fetch failed');
    expect(await refreshAsPublic(refreshToken)).toMatchObject(refusal('Invalid refresh token'));
  });

  it('lets one of many who use a token at once win', async () => {
    const { refreshToken } = await logInAnew(simulator, PKCE_LOGIN);
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => refreshAsPublic(refreshToken)),
    );
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

describe('a revocation', () => {
  it('voids every refresh token so far, and leaves access tokens their hour', async () => {
    const { user, refreshToken } = await logInAnew(simulator, PKCE_LOGIN);
    simulator.revokeLogins();
    expect(await refreshAsPublic(refreshToken)).toMatchObject(refusal('Refresh token revoked'));
    const { refreshToken: fixed } = simulator.credentials;
    expect(await refresh(fixed)).toMatchObject(refusal('Refresh token revoked'));
    expect((await user.get('/v1/me')).status).toBe(200);
  });

  it('can be asked for over HTTP, and does not reach a later login', async () => {
    const { status } = await fetch(`${simulator.url}/simulator/revoke`, { method: 'POST' });
    expect(status).toBe(204);
    const { refreshToken: fixed } = simulator.credentials;
    expect(await refresh(fixed)).toMatchObject(refusal('Refresh token revoked'));
    const { refreshToken } = await logInAnew(simulator);
    expect((await refresh(refreshToken)).status).toBe(200);
  });
});

describe('the refresh token of the credentials', () => {
  it('never ends by itself and has every scope', async () => {
    nowMs += 5000 * DAY_MS;
    const { status, body } = await refresh(simulator.credentials.refreshToken);
    const scope: unknown = expect.stringMatching(
      /playlist-read-private.*user-read-recently-played/,
    );
    expect(status).toBe(200);
    expect(body).toMatchObject({ scope });
  });
});
