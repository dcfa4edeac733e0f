import { type SpotifySimulator, startSpotifySimulator } from './simulator.ts';
import { logIn, type TestClient } from './test-client.ts';
import { logInAnew } from './test-login.ts';

let simulator: SpotifySimulator;
let user: TestClient;
let app: TestClient;

beforeAll(async () => {
  simulator = await startSpotifySimulator();
  user = await logIn(simulator);
  app = await logIn(simulator, 'app');
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.configure({ appKind: 'C' });
});

describe('the user', () => {
  it('shows what kind C may see, and more to A and B', async () => {
    const { id, accountId, displayName } = simulator.catalogue.user;
    const { body } = await user.get('/v1/me');
    expect(body).toMatchObject({ id, account_id: accountId, display_name: displayName });
    expect(body).not.toHaveProperty('country');
    simulator.configure({ appKind: 'A' });
    expect((await user.get('/v1/me')).body).toHaveProperty('country');
  });

  it('is unknown to the app alone', async () => {
    expect((await app.get('/v1/me')).status).toBe(401);
    expect((await app.get('/v1/me/playlists')).status).toBe(403);
    expect((await app.get('/v1/me/tracks')).status).toBe(403);
  });
});

describe('the list of the user’s playlists', () => {
  it('holds own and followed ones, in pages of 50 at most, with null for Spotify’s', async () => {
    const page = await user.getPage('/v1/me/playlists?limit=50');
    const listed = (await user.listFrom(page)) as ({ id: string } | null)[];
    const playlists = [...simulator.catalogue.playlists.values()];
    expect(listed.map((playlist) => playlist?.id ?? null)).toEqual(
      playlists
        .filter(({ access }) => access !== 'foreign-private')
        .map(({ id, access }) => (access === 'spotify-made' ? null : id)),
    );
    expect((await user.get('/v1/me/playlists?limit=51')).status).toBe(400);
    expect((await user.get('/v1/me/playlists?offset=x')).status).toBe(400);
  });

  it('counts items without showing them, under the name of the app kind', async () => {
    const total = simulator.catalogue.playlists.get(simulator.catalogue.showcase[0] ?? '')?.items
      .length;
    const first = async (): Promise<unknown> =>
      (await user.getPage('/v1/me/playlists?limit=1')).items[0];
    expect(await first()).toMatchObject({ items: { total } });
    simulator.configure({ appKind: 'B' });
    expect(await first()).toMatchObject({ tracks: { total } });
  });
});

describe('the user’s Liked Songs', () => {
  it('come newest first, in pages of 50 at most, each under track whatever the app kind', async () => {
    const likes = simulator.catalogue.liked.items;
    for (const appKind of ['A', 'C'] as const) {
      simulator.configure({ appKind });
      const page = await user.getPage('/v1/me/tracks?limit=50');
      const listed = (await user.listFrom(page)) as { added_at: string; track: { id: string } }[];
      expect(page.total).toBe(120);
      expect(listed.map(({ added_at, track }) => [added_at, track.id])).toEqual(
        likes.map(({ addedAt, trackId }) => [addedAt, trackId]),
      );
    }
    expect(likes.map(({ addedAt }) => addedAt)).toEqual(
      likes.map(({ addedAt }) => addedAt).toSorted((one, other) => (one < other ? 1 : -1)),
    );
    expect((await user.get('/v1/me/tracks?limit=51')).status).toBe(400);
  });

  it('want a scope of their own', async () => {
    const reader = await logInAnew(simulator, { scope: 'user-library-read' });
    expect((await reader.user.get('/v1/me/tracks')).status).toBe(200);
    const other = await logInAnew(simulator, { scope: 'playlist-read-private' });
    expect(await other.user.get('/v1/me/tracks')).toMatchObject({
      status: 403,
      body: { error: { status: 403, message: 'Insufficient client scope' } },
    });
  });
});
