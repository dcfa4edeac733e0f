/** Odd values and answers that people have met, and what is said about them. */
import type { CataloguePlaylist } from '../local/simulator/catalogue-model.ts';
import type { FaultAction } from '../local/simulator/simulator.ts';
import { findingsIn } from './support/row-findings.ts';
import { showcaseOfSize } from './support/showcase.ts';
import { createWorld, NO_ROWS, type World } from './support/world.ts';

let world: World;
let playlist: CataloguePlaylist;
beforeAll(async () => {
  world = await createWorld();
  playlist = showcaseOfSize(world, 24);
});
beforeEach(async () => {
  world.spotify.clearFaults();
  await world.replaceRows(NO_ROWS);
});
afterAll(() => world.close());

const HEAD = /^\/v1\/playlists\/\w+$/;
const ITEM = ['items', 'items', 0, 'item'];

test.each([
  ['a length above 2^53', [...ITEM, 'duration_ms'], 1e25],
  ['a length that is a text', [...ITEM, 'duration_ms'], 'long'],
  ['an artist who is null', [...ITEM, 'artists'], [null]],
  ['20,000 artists', [...ITEM, 'artists'], Array.from({ length: 20_000 }, () => ({}))],
  ['an image without an address', [...ITEM, 'album', 'images'], [{ url: null }]],
  ['external IDs that are a list', [...ITEM, 'external_ids'], []],
  ['a release date that is a number', [...ITEM, 'album', 'release_date'], 2001],
  ['an album whose ID is a blank', [...ITEM, 'album', 'id'], ' '],
])('a list is loaded without %s, and the answer counts it', async (_, path, value) => {
  const action: FaultAction = { type: 'odd-values', values: [{ path, value }] };
  world.spotify.addFault({ match: { path: HEAD }, action });

  const { body } = await world.ingest(playlist.id);

  expect(body).toMatchObject({ status: 'loaded', counts: { items: 24, values_left_out: 1 } });
  expect(await findingsIn(await world.rows())).toEqual([]);
});

test.each([' ', '__proto__', '\u0007', null, 12])(
  'a track whose ID is %j is an unavailable entry of a list that is loaded',
  async (value) => {
    const { body: plain } = await world.ingest(playlist.id);
    await world.replaceRows(NO_ROWS);
    const action: FaultAction = { type: 'odd-values', values: [{ path: [...ITEM, 'id'], value }] };
    world.spotify.addFault({ match: { path: HEAD }, action });

    const { body } = await world.ingest(playlist.id);

    const { unavailable } = plain.counts as { unavailable: number };
    expect(body).toMatchObject({ status: 'loaded', counts: { unavailable: unavailable + 1 } });
    expect(await findingsIn(await world.rows())).toEqual([]);
  },
);

const answer = (status: number, location?: string): FaultAction => ({
  type: 'status',
  status,
  body: 'empty',
  ...(location !== undefined && { location }),
});
const PORTAL = 'https://portal.example/login';

test.each([
  [204, answer(204), /^later: Something between .* a success without data \(204\)/],
  [301, answer(301, PORTAL), /^later: Something between .* a redirect \(301\)/],
  ['a web page', { type: 'html-200' }, /^later: Something between .* a web page \(200\)/],
  [410, answer(410), /^final: .* removed for good/],
  [451, answer(451), /^final: .* legal reasons/],
  [409, answer(409), /^later: .* unknown reason \(409\)/],
] as const)('%s in the place of a playlist is told in its own words', async (_, action, words) => {
  world.spotify.addFault({ match: { path: HEAD }, times: 'always', action });

  const { body } = await world.ingest(playlist.id);

  expect(`${String(body.kind)}: ${String(body.detail)}`).toMatch(words);
  expect(body.detail).not.toMatch(/defect|malformed/);
});

test('a redirect of the token endpoint is told as one, and not as a wrong client ID', async () => {
  world.restart();
  const action = answer(302, PORTAL);
  world.spotify.addFault({ match: { path: /^\/api\/token$/ }, times: 'always', action });

  const { body } = await world.ingest(playlist.id);

  expect(body).toMatchObject({ kind: 'later', code: 'SPOTIFY_UNAVAILABLE' });
  expect(body.detail).toContain('with a redirect (302): a Wi-Fi login page');
  expect(body.detail).not.toContain('CLIENT_ID');
});
