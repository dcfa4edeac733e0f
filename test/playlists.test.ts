/** GET /playlists over real HTTP to the simulated Spotify and an embedded DynamoDB. */
import type { PlaylistEntry, PlaylistListing } from '../etl/model/playlist-listing.ts';
import type { RunReport } from '../etl/model/summaries.ts';
import type { CataloguePlaylist } from '../local/simulator/catalogue-model.ts';
import { EXTRACTED_AT, keepOwnPlaylists, storeAsLoaded } from './support/listed-user.ts';
import { createWorld, type World } from './support/world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
});
afterEach(async () => {
  await world.close();
});

async function list(maxRequests?: number): Promise<PlaylistListing & RunReport> {
  const { body, status } = await world.playlists(maxRequests);
  expect({ status, code: body.code }).toEqual({ status: 200, code: undefined });
  return body as PlaylistListing & RunReport;
}

const statesOf = ({ playlists }: PlaylistListing): Map<string, PlaylistEntry['state']> =>
  new Map(playlists.map(({ playlist_id: id, state }) => [id, state]));

test('200 unchanged playlists cost 4 calls and 2 batch reads once the user is known', async () => {
  const playlists = keepOwnPlaylists(world.spotify, 200);
  await storeAsLoaded(world, playlists);
  const first = await list();
  world.takeApiCalls();
  world.takeDynamodbCalls();

  const listing = await list();

  expect(first.spotify_requests).toBe(5);
  expect(listing).toMatchObject({ spotify_requests: 4, total: 200, complete: true });
  expect(world.takeApiCalls()).toEqual(
    [0, 50, 100, 150].map((offset) => `/v1/me/playlists?offset=${offset}&limit=50`),
  );
  expect(world.takeDynamodbCalls()).toEqual(['BatchGetItem', 'BatchGetItem']);
  expect(listing.counts).toMatchObject({ unchanged: 200, new: 0, changed: 0, readable: 200 });
  expect(listing.playlists).toEqual(
    playlists.map(({ id, items, name, ownerId, ownerName, snapshotId }) => ({
      playlist_id: id,
      playlist_uri: `spotify:playlist:${id}`,
      playlist_name: name.toWellFormed(),
      owner_id: ownerId,
      owner_name: ownerName,
      relation: 'owned',
      readable: true,
      items: items.length,
      snapshot_id: snapshotId,
      state: 'unchanged',
      extracted_at: EXTRACTED_AT,
    })),
  );
});

test('a playlist is new until it is loaded, unchanged then, and changed once it is', async () => {
  const [first, second, third] = keepOwnPlaylists(world.spotify, 3).map(({ id }) => id);
  if (first === undefined || second === undefined || third === undefined) throw new Error('none');
  await world.ingest(first);
  await world.ingest(second);
  world.spotify.appendTracks(second, 1);

  expect(statesOf(await list())).toEqual(
    new Map([
      [first, 'unchanged'],
      [second, 'changed'],
      [third, 'new'],
    ]),
  );
});

test.each(['A', 'B', 'C'] as const)(
  'an app of kind %s is shown what each list is to its user, null entries counted',
  async (appKind) => {
    world.spotify.configure({ appKind });
    const catalogue = [...world.spotify.catalogue.playlists.values()];
    const countOf = (access: CataloguePlaylist['access']): number =>
      catalogue.filter((playlist) => playlist.access === access).length;

    const listing = await list();

    expect(listing.counts).toMatchObject({
      owned: countOf('own'),
      collaborative: countOf('collaborative'),
      followed: countOf('foreign'),
      readable: countOf('own') + countOf('collaborative'),
      empty: countOf('spotify-made'),
    });
    expect(listing).toMatchObject({ total: catalogue.length - countOf('foreign-private') });
    for (const { items, playlist_id: id } of listing.playlists) {
      expect(items).toBe(world.spotify.catalogue.playlists.get(id)?.items.length);
    }
  },
);

test('allowed one page, it reads one, and says that more would follow', async () => {
  await list();
  world.takeApiCalls();

  const listing = await list(1);

  expect(world.takeApiCalls()).toHaveLength(1);
  expect(listing.complete).toBe(false);
  expect(listing.playlists).toHaveLength(50);
});

test('a server that serves fewer than asked for, refuses the limit, or lies about next is read whole', async () => {
  const whole = await list();
  const path = /\/me\/playlists/;
  for (const action of [
    { type: 'short-page', items: 7 },
    { type: 'status', status: 400, body: 'json', message: 'Invalid limit' },
    { type: 'next-null' },
    { type: 'next-host', host: 'evil.example' },
    { type: 'next-self' },
  ] as const) {
    world.spotify.addFault({ match: { path }, action });

    const listing = await list();

    expect(listing).toMatchObject({ complete: true, total: whole.total, counts: whole.counts });
    expect(listing.playlists).toEqual(whole.playlists);
  }
});

test.each([
  [{ type: 'status', status: 500, body: 'json' }, 502, 'SPOTIFY_UNAVAILABLE'],
  [
    { type: 'status', status: 403, body: 'json', message: 'Insufficient client scope' },
    403,
    'SCOPE_MISSING',
  ],
  [
    { type: 'odd-values', values: [{ path: ['items'], value: 'nope' }] },
    502,
    'SPOTIFY_RESPONSE_INVALID',
  ],
  [{ type: 'repeat-page' }, 502, 'SPOTIFY_RESPONSE_INVALID'],
] as const)('Spotify at fault (%o) is answered %i %s', async (action, status, code) => {
  world.spotify.addFault({
    match: { path: /\/me\/playlists/ },
    skip: 1,
    times: 'always',
    action,
  });

  expect(await world.playlists()).toMatchObject({ status, body: { code } });
});

test('a malformed number of calls is refused before any call', async () => {
  expect(await world.playlists('0')).toMatchObject({
    status: 400,
    body: { code: 'INVALID_REQUEST', title: 'A parameter cannot be read' },
  });
  expect(world.takeApiCalls()).toEqual([]);
});
