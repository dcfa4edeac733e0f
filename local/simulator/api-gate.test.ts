import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type TestClient } from './test-client.ts';
import { logInAnew, toBasic } from './test-login.ts';

const SECOND_APP = { clientId: 'second-app', clientSecret: 'second-secret' };
const NOW_MS = Date.UTC(2027, 1, 28, 23, 59, 59);
const ME = '/v1/me';

let simulator: SpotifySimulator;
let user: TestClient;
let app: TestClient;

beforeAll(async () => {
  simulator = await startSpotifySimulator({ now: () => NOW_MS, apps: [SECOND_APP] });
  user = await logIn(simulator);
  app = await logIn(simulator, 'app');
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.clearRequests();
  simulator.configure({ allowListed: true, premium: true, quota: null });
});

/** The second app with its own token. */
async function logInSecondApp(): Promise<TestClient> {
  return logIn({ ...simulator, credentials: { ...SECOND_APP, refreshToken: '' } }, 'app');
}

describe('a user who is not allow-listed', () => {
  it('is refused in JSON, in every call with their token, but not at the login', async () => {
    simulator.configure({ allowListed: 'json' });
    const login = await logInAnew(simulator);
    const message =
      'The user is not registered for this application. Please check your settings on https://developer.spotify.com/dashboard.';
    for (const path of [ME, '/v1/me/playlists', '/v1/playlists/x']) {
      const { status, body } = await login.user.get(path);
      expect(status).toBe(403);
      expect(body).toEqual({ error: { status: 403, message } });
    }
  });

  it('is refused in 46 bytes of plain text', async () => {
    simulator.configure({ allowListed: 'text' });
    const { status, text } = await user.get(ME);
    expect(status).toBe(403);
    expect(text).toBe('User not registered in the Developer Dashboard');
    expect(Buffer.byteLength(text)).toBe(46);
  });

  it('does not hinder the app alone', async () => {
    simulator.configure({ allowListed: 'json' });
    const { id } = simulator.catalogue.playlistOfSize(1);
    expect((await app.get(`/v1/playlists/${id}`)).status).toBe(200);
  });
});

describe('an account without Premium', () => {
  it('is refused every call, whatever the token', async () => {
    simulator.configure({ premium: false, allowListed: 'text' });
    const message: unknown = expect.stringMatching(
      /^Active premium subscription required for the owner of the app\. /,
    );
    for (const client of [user, app, await logInSecondApp()]) {
      const { status, body } = await client.get(ME);
      expect(status).toBe(403);
      expect(body).toEqual({ error: { status: 403, message } });
    }
  });
});

describe('the quota of the account', () => {
  it('is used up by the calls of all its apps together', async () => {
    const second = await logInSecondApp();
    const { id } = simulator.catalogue.playlistOfSize(1);
    simulator.configure({ quota: 3 });
    const clients = [user, second, app, second, user];
    const statuses: number[] = [];
    for (const client of clients) statuses.push((await client.get(`/v1/playlists/${id}`)).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
  });

  it('is not touched by calls refused for the state of the account', async () => {
    simulator.configure({ quota: 1, premium: false });
    await user.get(ME);
    simulator.configure({ premium: true });
    expect((await user.get(ME)).status).toBe(200);
  });
});

describe('the log of requests', () => {
  it('names the app that asked, and keeps its secrets to itself', async () => {
    const second = await logInSecondApp();
    await second.get(ME);
    const login = await logInAnew(simulator, { usesPkce: true });
    await login.user.get(ME);
    await fetch(`${simulator.url}/api/token`, {
      method: 'POST',
      headers: { authorization: toBasic('who:secret') },
    });
    const { clientId } = simulator.credentials;
    const { clientId: secondId } = SECOND_APP;
    expect(simulator.requests().map((request) => [request.path, request.clientId])).toEqual([
      ['/api/token', secondId],
      [ME, secondId],
      ['/authorize', clientId],
      ['/api/token', clientId],
      [ME, clientId],
      ['/api/token', undefined],
    ]);
    const log = JSON.stringify(simulator.requests());
    for (const secret of [SECOND_APP.clientSecret, login.refreshToken, 'who']) {
      expect(log).not.toContain(secret);
    }
  });
});

describe('the date of an answer', () => {
  it.each(['/v1/me', '/api/token', '/authorize', '/nowhere'])(
    'of %s is that of the simulator’s clock',
    async (path) => {
      const response = await fetch(`${simulator.url}${path}`);
      expect(response.headers.get('date')).toBe('Sun, 28 Feb 2027 23:59:59 GMT');
    },
  );

  it('is there in an answer that arrives broken, too', async () => {
    simulator.addFault({ action: { type: 'half-json' } });
    const response = await fetch(`${simulator.url}${ME}`);
    expect(response.headers.get('date')).toBe('Sun, 28 Feb 2027 23:59:59 GMT');
  });
});
