import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import {
  authorize,
  type Form,
  logInAnew,
  PKCE,
  postToken,
  REDIRECT_URI,
  readLocation,
  receiveCode,
  toAuthorizeUrl,
} from './test-login.ts';

const STRANGER = { clientId: 'another-app', clientSecret: 'another-secret' };

let simulator: SpotifySimulator;
let nowMs = 0;

beforeAll(async () => {
  simulator = await startSpotifySimulator({ now: () => nowMs, apps: [STRANGER] });
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.configure({ consent: 'page' });
});

/** What the page's form posts when a button is pressed. */
async function press(decision: string, query?: Form): Promise<URL> {
  const response = await fetch(toAuthorizeUrl(simulator, query), {
    method: 'POST',
    body: new URLSearchParams({ decision }),
    redirect: 'manual',
  });
  expect(response.status).toBe(302);
  return readLocation(response);
}

describe('the consent page', () => {
  it('names the user, the app, what it wants in words, and where it leads', async () => {
    const { credentials, catalogue } = simulator;
    const scope = 'playlist-read-private user-read-recently-played';
    const response = await authorize(simulator, { scope });
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(html).toContain(catalogue.user.displayName);
    expect(html).toContain(credentials.clientId);
    expect(html).toContain('<li>See your private playlists</li>');
    expect(html).toContain('<li>See what you played lately</li>');
    expect(html.match(/<li>/g)).toHaveLength(2);
    expect(html).toContain(REDIRECT_URI);
    expect(html).toContain('>Agree</button>');
    expect(html).toContain('>Cancel</button>');
  });

  it('asks nothing of any other server', async () => {
    const html = await (await authorize(simulator)).text();
    expect(html).not.toMatch(/<script|<img|@import|src=|url\(/);
    expect(html.match(/href="[^"]*"/g)).toEqual(['href="data:,"']);
  });

  it('says so where an app asks for no scope', async () => {
    expect(await (await authorize(simulator)).text()).toContain('not public anyway');
  });

  it('shows what it was given as text, never as HTML', async () => {
    const own = await startSpotifySimulator({ redirectUris: ['https://example.com/<b>&"'] });
    const html = await (await authorize(own, { redirect_uri: 'https://example.com/<b>&"' })).text();
    await own.close();
    expect(html).toContain('https://example.com/&lt;b&gt;&amp;&quot;');
    expect(html).not.toContain('<b>');
  });

  it('sends who agrees back with a code and the state', async () => {
    const location = await press('agree', { state: 'a b&c' });
    expect(location.origin + location.pathname).toBe(REDIRECT_URI);
    expect(Object.fromEntries(location.searchParams)).toEqual({
      code: expect.any(String) as unknown,
      state: 'a b&c',
    });
  });

  it.each(['cancel', ''])('takes the decision "%s" for a no', async (decision) => {
    const location = await press(decision, { state: 'abc' });
    expect(location.search).toBe('?error=access_denied&state=abc');
  });

  it('gives no code to a form whose address was changed', async () => {
    const address = toAuthorizeUrl(simulator, { redirect_uri: 'https://example.com/' });
    const body = new URLSearchParams({ decision: 'agree' });
    expect((await fetch(address, { method: 'POST', body })).status).toBe(400);
  });

  it.each([
    ['agree', /^\?code=[\w-]+&state=abc$/],
    ['deny', /^\?error=access_denied&state=abc$/],
  ] as const)('is left out where the user is set to %s', async (consent, search) => {
    simulator.configure({ consent });
    const response = await authorize(simulator, { state: 'abc' });
    expect(response.status).toBe(302);
    expect(readLocation(response).search).toMatch(search);
  });
});

describe('a wrong request', () => {
  it.each([
    [{ client_id: 'nobody' }, 'Invalid client'],
    [{ redirect_uri: 'http://localhost:8888/callback' }, 'Invalid redirect URI'],
    [{ redirect_uri: 'http://127.0.0.1:8888/other' }, 'Invalid redirect URI'],
    [{ redirect_uri: '' }, 'Invalid redirect URI'],
  ])('%j is told so and redirected nowhere', async (query, message) => {
    const response = await authorize(simulator, query);
    expect(response.status).toBe(400);
    expect(await response.text()).toBe(`INVALID_CLIENT: ${message}`);
  });

  it.each([
    [{ response_type: 'token' }, 'unsupported_response_type'],
    [{ scope: 'playlist-read-private playlist-read-all' }, 'invalid_scope'],
    [{ ...PKCE.query, code_challenge_method: 'plain' }, 'invalid_request'],
    [{ code_challenge: PKCE.query.code_challenge }, 'invalid_request'],
    [{ code_challenge_method: 'S256' }, 'invalid_request'],
  ])('%j is sent back with %s', async (query, error) => {
    const { searchParams } = readLocation(await authorize(simulator, { ...query, state: 'abc' }));
    expect(searchParams.get('error')).toBe(error);
    expect(searchParams.get('state')).toBe('abc');
    expect(searchParams.has('code')).toBe(false);
  });
});

describe('a code', () => {
  const withSecret = (): Form => ({
    client_id: simulator.credentials.clientId,
    client_secret: simulator.credentials.clientSecret,
  });
  const exchange = async (form: Form): ReturnType<typeof postToken> =>
    postToken(simulator, {
      grant_type: 'authorization_code',
      redirect_uri: REDIRECT_URI,
      ...form,
    });
  const refusal = (description: string): object => ({
    status: 400,
    body: { error: 'invalid_grant', error_description: description },
  });

  it('brings both tokens, once', async () => {
    const code = await receiveCode(simulator, { scope: 'playlist-read-private' });
    const form = { ...withSecret(), code };
    const { body } = await exchange(form);
    const refreshToken: unknown = expect.any(String);
    expect(body).toMatchObject({ scope: 'playlist-read-private', refresh_token: refreshToken });
    expect(await exchange(form)).toMatchObject(refusal('Invalid authorization code'));
  });

  it('lives ten minutes', async () => {
    const [early, late] = [await receiveCode(simulator), await receiveCode(simulator)];
    nowMs += 599_999;
    expect((await exchange({ ...withSecret(), code: early })).status).toBe(200);
    nowMs += 1;
    const reply = await exchange({ ...withSecret(), code: late });
    expect(reply).toMatchObject(refusal('Invalid authorization code'));
  });

  it('is worth nothing to another app', async () => {
    const code = await receiveCode(simulator);
    const { clientId, clientSecret } = STRANGER;
    const reply = await exchange({ code, client_id: clientId, client_secret: clientSecret });
    expect(reply).toMatchObject(refusal('Invalid authorization code'));
  });

  it('wants the same redirect URI again', async () => {
    const code = await receiveCode(simulator);
    const redirect = { redirect_uri: 'http://127.0.0.1:8889/callback' };
    const reply = await exchange({ ...withSecret(), code, ...redirect });
    expect(reply).toMatchObject(refusal('Invalid redirect URI'));
  });

  it('works under PKCE for the right verifier only, with and without the secret', async () => {
    const { clientId } = simulator.credentials;
    const code = async (): Promise<string> => receiveCode(simulator, PKCE.query);
    for (const wrong of [{}, { code_verifier: 'wrong' }]) {
      const reply = await exchange({ client_id: clientId, code: await code(), ...wrong });
      expect(reply).toMatchObject(refusal('code_verifier was incorrect'));
    }
    const right = { code_verifier: PKCE.verifier };
    for (const client of [{ client_id: clientId }, withSecret()]) {
      const reply = await exchange({ ...client, ...right, code: await code() });
      expect(reply.status).toBe(200);
    }
  });

  it('wants the secret without PKCE', async () => {
    const { clientId } = simulator.credentials;
    const reply = await exchange({ client_id: clientId, code: await receiveCode(simulator) });
    expect(reply.body).toMatchObject({ error: 'invalid_client' });
  });

  it('leads to a token that reads the API', async () => {
    const { user } = await logInAnew(simulator, { usesPkce: true });
    expect((await user.get('/v1/me')).status).toBe(200);
  });
});
