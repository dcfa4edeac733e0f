import { createHash } from 'node:crypto';
import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { createTestClient, logIn, type Reply, requestToken } from './test-client.ts';

let simulator: SpotifySimulator;
let nowMs = 0;

beforeAll(async () => {
  simulator = await startSpotifySimulator({ now: () => nowMs, accessTokenSeconds: 60 });
});
afterAll(() => simulator.close());

const redirectUri = 'http://127.0.0.1:8888/callback';

async function authorize(query: Readonly<Record<string, string>>): Promise<Response> {
  const url = new URL('/authorize', simulator.url);
  const { clientId } = simulator.credentials;
  const asked = { response_type: 'code', client_id: clientId, redirect_uri: redirectUri, ...query };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  return fetch(url, { redirect: 'manual' });
}

async function receiveCode(query: Readonly<Record<string, string>> = {}): Promise<string> {
  const location = (await authorize(query)).headers.get('location') ?? '';
  return new URL(location).searchParams.get('code') ?? '';
}

async function postToken(form: Readonly<Record<string, string>>, basic?: string): Promise<Reply> {
  const response = await fetch(`${simulator.url}/api/token`, {
    method: 'POST',
    headers: basic === undefined ? {} : { authorization: basic },
    body: new URLSearchParams(form),
  });
  const text = await response.text();
  return { status: response.status, retryAfter: null, text, body: JSON.parse(text) };
}

function toBasic(text: string): string {
  return `Basic ${Buffer.from(text).toString('base64')}`;
}

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
    const reply = await postToken({ ...form, grant_type: 'client_credentials' });
    expect(reply.status).toBe(200);
  });

  it('tells a wrong client from a wrong secret', async () => {
    const form = { grant_type: 'client_credentials' };
    const { clientId } = simulator.credentials;
    expect(await postToken(form)).toMatchObject(WRONG_CLIENT);
    expect(await postToken(form, toBasic('nobody:x'))).toMatchObject(WRONG_CLIENT);
    expect(await postToken(form, 'Basic')).toMatchObject(WRONG_CLIENT);
    expect(await postToken({ ...form, client_id: clientId })).toMatchObject(WRONG_CLIENT);
    const wrongSecret = await postToken(form, toBasic(`${clientId}:x`));
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

describe('the authorization code flow', () => {
  it('sends the browser back with a code that is good once', async () => {
    const answer = await authorize({ state: 'abc', scope: 'playlist-read-private' });
    expect(answer.status).toBe(302);
    const location = new URL(answer.headers.get('location') ?? '');
    expect(location.origin + location.pathname).toBe(redirectUri);
    expect(location.searchParams.get('state')).toBe('abc');
    const code = location.searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri };
    const { body } = await requestToken(simulator, form);
    const refreshToken: unknown = expect.any(String);
    expect(body).toMatchObject({ scope: 'playlist-read-private', refresh_token: refreshToken });
    expect(await requestToken(simulator, form)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant', error_description: 'Invalid authorization code' },
    });
  });

  it('gives a refresh token that works', async () => {
    const form = { grant_type: 'authorization_code', code: await receiveCode() };
    const first = await requestToken(simulator, { ...form, redirect_uri: redirectUri });
    const { refresh_token: refreshToken } = first.body as { refresh_token: string };
    const again = { grant_type: 'refresh_token', refresh_token: refreshToken };
    expect((await requestToken(simulator, again)).status).toBe(200);
    const { clientId } = simulator.credentials;
    expect((await postToken({ ...again, client_id: clientId })).status).toBe(400);
  });

  it('wants the same redirect URI again', async () => {
    const form = { grant_type: 'authorization_code', code: await receiveCode() };
    const reply = await requestToken(simulator, { ...form, redirect_uri: 'http://127.0.0.1:1/' });
    expect(reply.body).toMatchObject({ error: 'invalid_grant' });
  });

  it('works without a secret under PKCE, for the right verifier only', async () => {
    const verifier = 'v'.repeat(43);
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    const query = { code_challenge_method: 'S256', code_challenge: challenge };
    const { clientId } = simulator.credentials;
    const exchange = async (sent: string): Promise<Reply> =>
      postToken({
        grant_type: 'authorization_code',
        code: await receiveCode(query),
        redirect_uri: redirectUri,
        client_id: clientId,
        code_verifier: sent,
      });
    expect((await exchange('wrong')).body).toMatchObject({ error: 'invalid_grant' });
    const reply = await exchange(verifier);
    expect(reply.status).toBe(200);
    const { refresh_token: token } = reply.body as { refresh_token: string };
    const form = { grant_type: 'refresh_token', refresh_token: token, client_id: clientId };
    expect((await postToken(form)).status).toBe(200);
  });

  it('wants the secret without PKCE', async () => {
    const { clientId } = simulator.credentials;
    const form = { grant_type: 'authorization_code', code: await receiveCode() };
    const reply = await postToken({ ...form, redirect_uri: redirectUri, client_id: clientId });
    expect(reply.body).toMatchObject({ error: 'invalid_client' });
  });

  it.each([
    { client_id: 'nobody' },
    { redirect_uri: 'http://localhost:8888/callback' },
    { redirect_uri: 'https://example.com/callback' },
    { redirect_uri: 'http://127.0.0.1.example.com/' },
  ])('shows an error instead of redirecting for %j', async (query) => {
    const answer = await authorize(query);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('INVALID_CLIENT');
  });

  it('redirects with an error for another response type', async () => {
    const answer = await authorize({ response_type: 'token' });
    expect(answer.headers.get('location')).toContain('error=unsupported_response_type');
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
