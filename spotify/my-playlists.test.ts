import {
  closeScriptedServers,
  inTurn,
  type Script,
  type ScriptedServer,
} from '../test/support/scripted-server.ts';
import { startScriptedSpotify } from '../test/support/scripted-spotify.ts';
import { createMyPlaylistsSource } from './my-playlists.ts';
import type { SpotifyRun } from './spotify-run.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';

afterEach(closeScriptedServers);

type Bench = {
  readonly api: ScriptedServer;
  readonly spotify: SpotifyRun;
  readonly source: ReturnType<typeof createMyPlaylistsSource>;
};

async function setUp(script: Script, hasLogin = true): Promise<Bench> {
  const { api, run } = await startScriptedSpotify(script, { hasLogin });
  return { api, spotify: run, source: createMyPlaylistsSource(run) };
}

const page = (items: unknown[], fields = {}): { body: object } => ({
  body: { items, total: items.length, next: null, offset: 0, ...fields },
});
const refusal = (status: number, message: string): { status: number; body: object } => ({
  status,
  body: { error: { status, message } },
});

describe('a page of the user’s playlists', () => {
  it('is asked for as 50, and read in either dialect, entries without a usable ID among them as null', async () => {
    const { api, source, spotify } = await setUp(() =>
      page(
        [
          { id: ID, name: 'A', snapshot_id: 's1', items: { total: 3 }, owner: { id: 'me' } },
          null,
          { id: ID, name: 'B', snapshot_id: 's2', items: null, tracks: { total: 4 } },
          { id: ID, name: 5, items: { total: 'x' }, owner: [] },
          { name: 'no ID' },
          { id: null, name: 'Z' },
          { id: '../me' },
          'odd',
        ],
        { total: 99, next: 'https://evil.example/v1/me/playlists?offset=0' },
      ),
    );

    const answer = await source.getPage(0);

    expect(answer).toMatchObject({ total: 99, hasNext: true });
    expect(answer.entries).toMatchObject([
      { id: ID, name: 'A', snapshot_id: 's1', total: 3, owner: { id: 'me' } },
      undefined,
      { id: ID, snapshot_id: 's2', total: 4 },
      { id: ID, total: undefined },
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(api.requests).toMatchObject([
      { path: '/v1/me/playlists', query: { limit: '50', offset: '0' } },
    ]);
    expect(spotify.calls.count()).toBe(1);
  });

  it('is asked for by half where it was too large, from then on', async () => {
    const { api, source } = await setUp(
      inTurn(refusal(400, 'Invalid limit'), page([]), page([], { offset: 25 })),
    );

    await source.getPage(0);
    await source.getPage(25);

    expect(api.requests.map(({ query }) => query)).toEqual([
      { limit: '50', offset: '0' },
      { limit: '25', offset: '0' },
      { limit: '25', offset: '25' },
    ]);
  });

  it.each<[string, object, string]>([
    ['no total', page([], { total: null }), 'my-playlists.total'],
    ['no items', page([], { items: null }), 'my-playlists.items'],
    ['another stretch of the list', page([], { offset: 50 }), 'my-playlists.offset'],
  ])('with %s is refused by its path', async (_case, reply, path) => {
    const { source } = await setUp(() => reply);

    await expect(source.getPage(0)).rejects.toMatchObject({
      code: 'SPOTIFY_RESPONSE_INVALID',
      facts: { path: expect.stringContaining(path) as string },
    });
  });

  it.each([
    [refusal(403, 'Insufficient client scope'), 'SCOPE_MISSING'],
    [refusal(403, 'The user is not registered for this application.'), 'APP_NOT_PERMITTED'],
    [refusal(403, 'Forbidden'), 'SPOTIFY_RESPONSE_INVALID'],
    [refusal(400, 'Invalid limit'), 'SPOTIFY_RESPONSE_INVALID'],
    [refusal(503, 'Bad gateway.'), 'SPOTIFY_UNAVAILABLE'],
    [
      { status: 429, body: { error: { message: 'x', reason: 'QUOTA_EXCEEDED' } } },
      'SPOTIFY_QUOTA_EXCEEDED',
    ],
  ])('refused with %j ends as %s', async (reply, code) => {
    const { source } = await setUp(() => reply);

    await expect(source.getPage(0)).rejects.toMatchObject({ code });
  });
});

describe('the pages to come', () => {
  it('are reserved together before the first of them', async () => {
    const { source, spotify } = await setUp(({ query }) =>
      page([], { offset: Number(query.offset) }),
    );
    await source.getPage(0);

    await source.expectPages(3);
    for (const offset of [50, 100, 150]) await source.getPage(offset);

    expect(spotify.calls.count()).toBe(4);
    await expect(spotify.release({ isAnnouncing: true })).resolves.toBe(false);
  });
});

describe('the user', () => {
  it('is asked for in one call', async () => {
    const { api, source } = await setUp(() => ({ body: { id: 'me', account_id: 'a' } }));

    expect(await source.getUserId()).toBe('me');
    expect(api.requests.map(({ path }) => path)).toEqual(['/v1/me']);
  });

  it('is missed without a call where the app speaks for itself', async () => {
    const { api, source } = await setUp(() => page([]), false);

    await expect(source.getUserId()).rejects.toMatchObject({ code: 'PLAYLIST_NOT_READABLE' });
    await expect(source.getPage(0)).rejects.toThrow('Log in');
    expect(api.requests).toEqual([]);
  });
});
