import { closeScriptedServers, inTurn, type Script } from '../test/support/scripted-server.ts';
import { startScriptedSpotify } from '../test/support/scripted-spotify.ts';
import { createAlbumSource } from './albums.ts';
import { findArtists } from './artist-search.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';

afterEach(closeScriptedServers);

async function setUp(script: Script) {
  const spotify = await startScriptedSpotify(script);
  return { ...spotify, source: createAlbumSource(spotify.run, 'DE') };
}

const page = (items: readonly unknown[], more = {}) => ({
  body: { items, total: items.length, offset: 0, ...more },
});

it('lists albums of the artist alone, ten a call, in one market', async () => {
  const { api, source } = await setUp(
    inTurn(page([{ id: ID, name: 'One' }, null, { name: 'no ID' }])),
  );
  const { entries, total } = await source.getArtistAlbums(ID, 0);
  expect(total).toBe(3);
  expect(entries.map((entry) => entry?.name)).toEqual(['One', undefined, undefined]);
  expect(api.requests.map(({ path, query }) => [path, query])).toEqual([
    [
      `/v1/artists/${ID}/albums`,
      { include_groups: 'album', market: 'DE', offset: '0', limit: '10' },
    ],
  ]);
});

it('lists tracks, fifty a call', async () => {
  const { api, source } = await setUp(inTurn(page([{ id: ID, duration_ms: 5 }], { offset: 50 })));
  expect((await source.getAlbumTracks(ID, 50)).entries).toMatchObject([{ id: ID, duration_ms: 5 }]);
  expect(api.requests[0]).toMatchObject({
    path: `/v1/albums/${ID}/tracks`,
    query: { market: 'DE', offset: '50', limit: '50' },
  });
});

it('takes no other page than the one asked for', async () => {
  const { source } = await setUp(inTurn(page([], { offset: 10 })));
  await expect(source.getArtistAlbums(ID, 0)).rejects.toMatchObject({
    code: 'SPOTIFY_RESPONSE_INVALID',
  });
});

it.each([
  [404, 'Resource not found', 'ARTIST_NOT_FOUND'],
  [400, 'Invalid base62 id', 'ARTIST_NOT_FOUND'],
  [400, 'Invalid limit', 'SPOTIFY_RESPONSE_INVALID'],
  [403, 'Insufficient client scope', 'SCOPE_MISSING'],
])('%d %s is %s', async (status, message, code) => {
  const { source } = await setUp(inTurn({ status, body: { error: { status, message } } }));
  await expect(source.getArtistAlbums(ID, 0)).rejects.toMatchObject({ code });
});

it('finds artists by name, ten of them', async () => {
  const { api, run } = await setUp(
    inTurn({ body: { artists: { items: [{ id: ID, name: 'Earth' }] } } }),
  );
  expect(await findArtists(run, 'Earth')).toEqual([{ id: ID, name: 'Earth' }]);
  expect(api.requests[0]).toMatchObject({
    path: '/v1/search',
    query: { q: 'Earth', type: 'artist', limit: '10' },
  });
});
