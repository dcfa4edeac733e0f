import { EtlError } from '../etl/errors.ts';
import {
  closeScriptedServers,
  inTurn,
  type ReceivedRequest,
  type Script,
} from '../test/support/scripted-server.ts';
import { type ScriptedSpotify, startScriptedSpotify } from '../test/support/scripted-spotify.ts';
import { START_MS } from '../test/support/virtual-clock.ts';
import { createPlaylistSource, type PageProgress } from './playlist-source.ts';
import { openSpotifyRun } from './spotify-run.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const PLAYLIST = {
  id: ID,
  snapshot_id: 'AAAAB1',
  items: { items: [{ item: { id: 'a' } }], total: 1, next: 'https://evil.example/next?limit=50' },
};
const SECRETS = ['client-secret-1', 'refresh-1', 'token-1', 'token-2'];

afterEach(closeScriptedServers);

type Bench = ScriptedSpotify & { readonly source: ReturnType<typeof createPlaylistSource> };

async function setUp(
  script: Script,
  setting: { readonly tokenScript?: Script; readonly hasLogin?: boolean } = {},
): Promise<Bench> {
  const spotify = await startScriptedSpotify(script, { ...setting, seconds: 60 });
  return { ...spotify, source: createPlaylistSource(spotify.run) };
}

const tokenOf = ({ headers }: ReceivedRequest): string | undefined => headers.authorization;

describe('a playlist source', () => {
  it('opens a playlist in one call', async () => {
    const { api, source } = await setUp(inTurn({ body: PLAYLIST }));

    const { metadata, firstPage } = await source.getPlaylist(ID);

    expect(metadata).toMatchObject({ id: ID, snapshot_id: 'AAAAB1' });
    expect(firstPage).toMatchObject({ total: 1, hasNext: true, nextLimit: 50 });
    expect(api.requests.map(({ path, query }) => [path, query])).toEqual([
      [`/v1/playlists/${ID}`, { additional_types: 'track,episode' }],
    ]);
  });

  it.each([
    ['its user', true, /account that logged in neither owns it/],
    ['itself', false, /need a user's login/],
  ])('that speaks for %s says why items are missing', async (_who, hasLogin, why) => {
    const { items: _items, ...metadata } = PLAYLIST;
    const { source } = await setUp(inTurn({ body: metadata }), { hasLogin });

    const opening = await source.getPlaylist(ID);

    if (opening.firstPage !== undefined) throw new Error('no page was served');
    expect(opening.itemsError).toMatchObject({
      code: 'PLAYLIST_NOT_READABLE',
      message: expect.stringMatching(why) as unknown,
    });
  });

  it('dates an opening by the attempt that was answered, not by the first', async () => {
    const { clock, source } = await setUp(
      inTurn({ status: 429, headers: { 'retry-after': '5' } }, { body: PLAYLIST }),
    );

    const { openedAt } = await source.getPlaylist(ID);

    expect([openedAt, clock.now()]).toEqual([START_MS + 5_000, START_MS + 5_000]);
  });

  it('asks for the snapshot alone', async () => {
    const { api, source } = await setUp(inTurn({ body: { snapshot_id: 'AAAAB2' } }));

    expect(await source.getSnapshotId(ID)).toBe('AAAAB2');

    expect(api.requests[0]?.query).toMatchObject({ fields: 'snapshot_id' });
  });

  it('refuses a reply about another playlist than the one it asked for', async () => {
    const body = { ...PLAYLIST, id: '4ccYpjA9oz9GiPac4AsH4n' };
    const { source } = await setUp(inTurn({ body }));

    for (const reply of [source.getPlaylist(ID), source.getSnapshotId(ID)]) {
      await expect(reply).rejects.toMatchObject({
        code: 'SPOTIFY_RESPONSE_INVALID',
        facts: { path: 'playlist.id' },
      });
    }
  });

  it('counts calls to the Web API, repeats included and token requests not', async () => {
    const { run, source } = await setUp(
      inTurn({ status: 503 }, { status: 503 }, { body: PLAYLIST }),
    );

    await source.getPlaylist(ID);

    expect(run.calls.count()).toBe(3);
  });

  it('counts the calls of its own run only', async () => {
    const { run, session, source } = await setUp(inTurn({ body: PLAYLIST }));
    await source.getPlaylist(ID);

    const next = openSpotifyRun(session, { deadlineAt: START_MS + 60_000 });
    await createPlaylistSource(next).getPlaylist(ID);

    expect([run.calls.count(), next.calls.count()]).toEqual([1, 1]);
  });

  it('shares its token with the runs after it', async () => {
    const { accounts, session, source } = await setUp(inTurn({ body: PLAYLIST }));
    await source.getPlaylist(ID);
    const next = openSpotifyRun(session, { deadlineAt: START_MS + 60_000 });
    await createPlaylistSource(next).getPlaylist(ID);

    expect(accounts.requests).toHaveLength(1);
  });

  it('renews a refused token once and repeats the call once', async () => {
    const { api, source } = await setUp((request) =>
      tokenOf(request) === 'Bearer token-1' ? { status: 401 } : { body: PLAYLIST },
    );

    await source.getPlaylist(ID);

    expect(api.requests.map(tokenOf)).toEqual(['Bearer token-1', 'Bearer token-2']);
  });

  it('renews it once for all calls that were refused together', async () => {
    const { accounts, source } = await setUp((request) =>
      tokenOf(request) === 'Bearer token-1' ? { status: 401 } : { body: PLAYLIST },
    );

    await Promise.all(Array.from({ length: 5 }, () => source.getPlaylist(ID)));

    expect(accounts.requests).toHaveLength(2);
  });

  it('does not go on renewing where every token is refused', async () => {
    const { accounts, api, source } = await setUp(inTurn({ status: 401 }));

    await expect(source.getPlaylist(ID)).rejects.toMatchObject({ code: 'SPOTIFY_UNAVAILABLE' });

    expect([api.requests.length, accounts.requests.length]).toEqual([2, 2]);
  });

  it.each<[string, number, string]>([
    ['a good token is missing', 401, 'Access token missing'],
    [
      "the app's owner has no Premium",
      403,
      'Active premium subscription required for the owner of the app.',
    ],
  ])(
    'looks twice, seconds apart and with the same token, where Spotify says that %s',
    async (_what, status, message) => {
      const { accounts, api, clock, source } = await setUp(
        inTurn({ status, body: { error: { status, message } } }, { body: PLAYLIST }),
      );

      await expect(source.getPlaylist(ID)).resolves.toBeDefined();

      expect([api.requests.length, accounts.requests.length]).toEqual([2, 1]);
      expect(clock.slept).toEqual([2_000]);
    },
  );

  it('sends nothing to the Web API without a token', async () => {
    const { api, source } = await setUp(inTurn({ body: PLAYLIST }), {
      tokenScript: inTurn({ status: 400, body: { error: 'invalid_grant' } }),
    });

    await expect(source.getPlaylist(ID)).rejects.toMatchObject({ code: 'REAUTH_REQUIRED' });

    expect(api.requests).toEqual([]);
  });

  it('tells of each page after the first, and whether all of them take too long', async () => {
    const { clock, run } = await startScriptedSpotify(
      ({ path, query }) => {
        const offset = Number(query.offset ?? 0);
        const items = Array.from({ length: 50 }, (_, at) => ({ item: { id: `t${offset + at}` } }));
        const page = { items, total: 200, next: 'https://api.spotify.com/?limit=50' };
        return { body: path.endsWith('/items') ? page : { ...PLAYLIST, items: page } };
      },
      { seconds: 60 },
    );
    const told: PageProgress[] = [];
    const source = createPlaylistSource(run, (progress) => told.push(progress));
    const { firstPage } = await source.getPlaylist(ID);
    if (firstPage === undefined) throw new Error('no page was served');

    expect(source.isTooLong?.(firstPage)).toBe(false);
    for await (const { items } of source.listFurtherPages(ID, firstPage)) {
      expect(items).toHaveLength(50);
    }
    expect(told.map(({ pages_done }) => pages_done)).toEqual([2, 3, 4]);
    expect(new Set(told.map(({ pages_total }) => pages_total))).toEqual(new Set([4]));
    // Four calls, two at a time, are a second.
    clock.advance(59_001);
    expect(source.isTooLong?.(firstPage)).toBe(true);
    expect(source.isTooLong?.({ ...firstPage, total: 50, hasNext: false })).toBe(false);
  });

  it.each<[string, number, unknown]>([
    ['400', 400, 'x'],
    ['401', 401, 'x'],
    ['403', 403, 'x'],
    ['404', 404, 'x'],
    ['429', 429, 'x'],
    ['502', 502, '<html>'],
    ['200 without JSON', 200, '<html>'],
    ['200 of another shape', 200, { id: 5 }],
  ])('tells no secret in the error of %s', async (_case, status, body) => {
    const { source } = await setUp(inTurn({ status, body, headers: { 'retry-after': '86400' } }));

    const error = await source.getPlaylist(ID).catch((failed: unknown) => failed);

    if (!(error instanceof EtlError)) throw new Error('an EtlError was expected');
    const told = `${error.message} ${String(error.cause)} ${JSON.stringify(error)}`;
    expect(SECRETS.filter((secret) => told.includes(secret))).toEqual([]);
  });
});
