import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { createTestClient, logIn, requestToken } from './test-client.ts';
import { postToken, toBasic } from './test-login.ts';

let simulator: SpotifySimulator;
let nowMs = 0;

beforeAll(async () => {
  simulator = await startSpotifySimulator({ now: () => nowMs, accessTokenSeconds: 60 });
});
afterAll(() => simulator.close());

const WRONG_CLIENT = {
  status: 400,
  body: { error: 'invalid_client', error_description: 'Invalid client' },
};

describe('the token endpoint', () => {
  it('gives the app alone a token with no scope and no refresh token', async () => {
    const { status, body } = await requestToken(simulator, { grant_type: 'client_credentials' });
    const token: unknown = expect.any(String);
    expect(status).toBe(200);
    expect(body).toEqual({ access_token: token, token_type: 'Bearer', expires_in: 60 });
  });

  it('refreshes without handing out another refresh token', async () => {
    const { refreshToken } = simulator.credentials;
    const form = { grant_type: 'refresh_token', refresh_token: refreshToken };
    const { body } = await requestToken(simulator, form);
    const scope: unknown = expect.stringContaining('playlist-read-private');
    expect(body).toMatchObject({ scope, expires_in: 60 });
    expect(body).not.toHaveProperty('refresh_token');
  });

  it('takes id and secret in the body as well', async () => {
    const { clientId, clientSecret } = simulator.credentials;
    const form = { client_id: clientId, client_secret: clientSecret };
    const reply = await postToken(simulator, { ...form, grant_type: 'client_credentials' });
    expect(reply.status).toBe(200);
  });

  it('tells a wrong client from a wrong secret', async () => {
    const form = { grant_type: 'client_credentials' };
    const { clientId } = simulator.credentials;
    expect(await postToken(simulator, form)).toMatchObject(WRONG_CLIENT);
    expect(await postToken(simulator, form, toBasic('nobody:x'))).toMatchObject(WRONG_CLIENT);
    expect(await postToken(simulator, form, 'Basic')).toMatchObject(WRONG_CLIENT);
    expect(await postToken(simulator, { ...form, client_id: clientId })).toMatchObject(
      WRONG_CLIENT,
    );
    const wrongSecret = await postToken(simulator, form, toBasic(`${clientId}:x`));
    expect(wrongSecret.body).toEqual({
      error: 'invalid_client',
      error_description: 'Invalid client secret',
    });
  });

  it.each([
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
    [{}, 'unsupported_grant_type'],
    [{ grant_type: 'refresh_token' }, 'invalid_request'],
    [{ grant_type: 'authorization_code' }, 'invalid_request'],
    [{ grant_type: 'refresh_token', refresh_token: 'other' }, 'invalid_grant'],
    [{ grant_type: 'authorization_code', code: 'other' }, 'invalid_grant'],
  ])('refuses %j with %s', async (form, error) => {
    const reply = await requestToken(simulator, form);
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ error });
  });
});

describe('a token request that is no form', () => {
  it('has no parameters', async () => {
    const { clientId, clientSecret } = simulator.credentials;
    const response = await fetch(`${simulator.url}/api/token`, {
      method: 'POST',
      headers: {
        authorization: toBasic(`${clientId}:${clientSecret}`),
        'content-type': 'text/xml',
      },
      body: 'grant_type=client_credentials',
    });
    expect(await response.json()).toMatchObject({ error: 'unsupported_grant_type' });
  });
});

describe('an access token', () => {
  const me = '/v1/me';

  it('ends when its time is over, by the clock of the simulator', async () => {
    const client = await logIn(simulator);
    nowMs += 59_999;
    expect((await client.get(me)).status).toBe(200);
    nowMs += 1;
    const { status, body } = await client.get(me);
    expect(status).toBe(401);
    expect(body).toEqual({ error: { status: 401, message: 'The access token expired' } });
  });

  it.each([
    [undefined, 401, 'No token provided'],
    ['Bearer other', 401, 'Invalid access token'],
    ['Basic other', 400, 'Only valid bearer authentication supported'],
  ])('%s is refused', async (authorization, status, message) => {
    const reply = await createTestClient(simulator.url, authorization).get(me);
    expect(reply.body).toEqual({ error: { status, message } });
    expect(reply.status).toBe(status);
  });
});
