/** After any fault of Spotify, a run ends with the rows of an undisturbed one, or with the right problem and no playlist row. */
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { Fault, FaultAction } from '../../local/simulator/simulator.ts';
import { expectedRows, withoutRun } from '../support/expected-rows.ts';
import {
  type Answer,
  createJumpingClock,
  createMachineClock,
  createWorld,
  type World,
} from '../support/world.ts';

const NOTHING = { playlist: [], track: [], album: [], artist: [] };

let world: World;
let playlist: CataloguePlaylist;

const start = async (clock = createJumpingClock()): Promise<void> => {
  world = await createWorld({ clock });
  const id = world.spotify.catalogue.showcase.find(
    (candidate) => (world.spotify.catalogue.playlists.get(candidate)?.items.length ?? 0) > 200,
  );
  const found = world.spotify.catalogue.playlists.get(id ?? '');
  if (found === undefined) throw new Error('The catalogue has no showcase list of several pages');
  playlist = found;
};

beforeEach(() => start());

afterEach(async () => {
  await world.close();
});

/** Where in a run a fault strikes. A run is: token, head, pages, closing check. */
const PLACES = {
  'the first request': { match: { path: /^\/v1\/playlists\/\w+$/ } },
  'a page': { match: { path: /\/items$/, offset: 150 } },
  'the closing check': { match: { path: /^\/v1\/playlists\/\w+$/ }, skip: 1 },
} as const satisfies Record<string, Omit<Fault, 'action'>>;

type Place = keyof typeof PLACES;

async function ingestWith(...faults: Fault[]): Promise<Answer> {
  for (const fault of faults) world.spotify.addFault(fault);
  return world.ingest(playlist.id);
}

/** The list as it is now: some faults change it. */
function current(): CataloguePlaylist {
  return world.spotify.catalogue.playlists.get(playlist.id) ?? playlist;
}

const PASSING: [string, FaultAction][] = [
  ['500 as JSON', { type: 'status', status: 500, body: 'json' }],
  ['502 as HTML', { type: 'status', status: 502, body: 'html' }],
  ['503 with no body', { type: 'status', status: 503, body: 'empty' }],
  ['504 as text', { type: 'status', status: 504, body: 'text' }],
  ['429 as text, to wait 2 s', { type: 'status', status: 429, body: 'text', retryAfter: '2' }],
  ['429 without Retry-After', { type: 'status', status: 429, body: 'json' }],
  ['429 with "soon"', { type: 'status', status: 429, body: 'json', retryAfter: 'soon' }],
  ['429 with a negative wait', { type: 'status', status: 429, body: 'json', retryAfter: '-5' }],
  ['a reset before the headers', { type: 'reset', when: 'before-headers' }],
  ['a reset after the headers', { type: 'reset', when: 'after-headers' }],
  ['a reset within the body', { type: 'reset', when: 'mid-body' }],
  ['a body cut short', { type: 'truncate' }],
  ['a chunked body cut short', { type: 'truncate', chunked: true }],
  ['half of the JSON', { type: 'half-json' }],
  ['a gzip stream cut short', { type: 'truncated-gzip' }],
  ['an HTML page with 200', { type: 'html-200' }],
  ['401, token expired', { type: 'token-refused', message: 'The access token expired' }],
  ['401, token missing', { type: 'token-refused', message: 'Access token missing' }],
  ['a slow answer', { type: 'delay', ms: 20 }],
];

describe.each(Object.keys(PLACES) as Place[])('Once, at %s,', (place) => {
  test.each(PASSING)('%s leaves the rows of an undisturbed run', async (_, action) => {
    const answer = await ingestWith({ ...PLACES[place], action });

    expect(answer.body).toMatchObject({ status: 'loaded' });
    expect(withoutRun(await world.rows())).toEqual(
      expectedRows(world.spotify.catalogue, playlist, 'C'),
    );
  });
});

test('several passing faults in one run leave the rows of an undisturbed run', async () => {
  const answer = await ingestWith(
    { ...PLACES['the first request'], times: 2, action: { type: 'reset', when: 'mid-body' } },
    {
      match: { path: /\/items$/ },
      times: 2,
      action: { type: 'status', status: 503, body: 'html' },
    },
    { ...PLACES['a page'], action: { type: 'truncate' } },
  );

  expect(answer.body).toMatchObject({ status: 'loaded' });
  expect(withoutRun(await world.rows())).toEqual(
    expectedRows(world.spotify.catalogue, playlist, 'C'),
  );
});

const HARMLESS: [string, Fault][] = [
  [
    'a page shorter than asked for',
    { match: { path: /\/items$/, offset: 100 }, action: { type: 'short-page', items: 7 } },
  ],
  [
    'a next link to another host',
    {
      match: { path: /\/items$/, offset: 100 },
      action: { type: 'next-host', host: 'evil.example' },
    },
  ],
  [
    'a next link to another host on the first page',
    {
      ...PLACES['the first request'],
      action: { type: 'next-host', host: 'evil.example' },
    },
  ],
  [
    'a next link that leads back to its own page',
    { match: { path: /\/items$/, offset: 100 }, action: { type: 'next-self' } },
  ],
  [
    'a refused page size',
    {
      match: { path: /\/items$/ },
      action: { type: 'status', status: 400, body: 'json', message: 'Invalid limit' },
    },
  ],
];

test.each(HARMLESS)('%s does no harm', async (_, fault) => {
  const answer = await ingestWith(fault);

  expect(answer.body).toMatchObject({ status: 'loaded' });
  expect(withoutRun(await world.rows())).toEqual(
    expectedRows(world.spotify.catalogue, playlist, 'C'),
  );
});

describe('A playlist that changes while it is read', () => {
  test.each(['append', 'remove-first'] as const)(
    'once (%s) is read again and stored as it is then',
    async (change) => {
      const answer = await ingestWith({
        ...PLACES['a page'],
        action: { type: 'change-playlist', change },
      });

      expect(current().snapshotId).not.toBe(playlist.snapshotId);
      expect(answer.body).toMatchObject({ status: 'loaded', snapshot_id: current().snapshotId });
      expect(withoutRun(await world.rows())).toEqual(
        expectedRows(world.spotify.catalogue, current(), 'C'),
      );
    },
  );

  test('during each of three reads is given up', async () => {
    const answer = await ingestWith({
      ...PLACES['a page'],
      times: 'always',
      action: { type: 'change-playlist', change: 'append' },
    });

    expect(answer).toMatchObject({ status: 409, body: { code: 'PLAYLIST_KEEPS_CHANGING' } });
    expect(await world.rows()).toEqual(NOTHING);
  });
});

const status = (
  code: number,
  message: string,
  body: 'json' | 'text' | 'html' | 'empty' = 'json',
): FaultAction => ({ type: 'status', status: code, body, message });

type Expected = { status: number; code: string; retryAfter?: string };

const LASTING: [string, FaultAction, Expected][] = [
  ['500', status(500, 'oops'), { status: 502, code: 'SPOTIFY_UNAVAILABLE' }],
  ['502 as HTML', status(502, '', 'html'), { status: 502, code: 'SPOTIFY_UNAVAILABLE' }],
  ['resets', { type: 'reset', when: 'mid-body' }, { status: 502, code: 'SPOTIFY_UNAVAILABLE' }],
  ['cut bodies', { type: 'truncate' }, { status: 502, code: 'SPOTIFY_UNAVAILABLE' }],
  ['half JSON', { type: 'half-json' }, { status: 502, code: 'SPOTIFY_RESPONSE_INVALID' }],
  ['HTML with 200', { type: 'html-200' }, { status: 502, code: 'SPOTIFY_UNAVAILABLE' }],
  [
    '401 after a new token',
    { type: 'token-refused', message: 'Access token missing' },
    { status: 502, code: 'SPOTIFY_UNAVAILABLE' },
  ],
  [
    'a rate limit of a day',
    { type: 'status', status: 429, body: 'text', retryAfter: '86400' },
    { status: 503, code: 'SPOTIFY_RATE_LIMITED', retryAfter: '86400' },
  ],
  [
    'rate limits with no wait given',
    { type: 'status', status: 429, body: 'text' },
    { status: 503, code: 'SPOTIFY_RATE_LIMITED', retryAfter: '60' },
  ],
  [
    'a used-up quota',
    {
      type: 'status',
      status: 429,
      body: 'json',
      reason: 'QUOTA_EXCEEDED',
      message: 'Too many requests',
      retryAfter: '48925',
    },
    { status: 503, code: 'SPOTIFY_QUOTA_EXCEEDED', retryAfter: '48925' },
  ],
  ['403', status(403, 'Forbidden'), { status: 403, code: 'PLAYLIST_NOT_READABLE' }],
  [
    'an owner without Premium',
    status(403, 'Active premium subscription required for the owner of the app.'),
    { status: 403, code: 'APP_NOT_PERMITTED' },
  ],
  [
    'a user not on the list, as JSON',
    status(403, 'The user is not registered for this application.'),
    { status: 403, code: 'APP_NOT_PERMITTED' },
  ],
  [
    'a user not on the list, as text',
    status(403, 'User not registered in the Developer Dashboard', 'text'),
    { status: 403, code: 'APP_NOT_PERMITTED' },
  ],
  [
    'a missing scope',
    status(403, 'Insufficient client scope'),
    { status: 403, code: 'SCOPE_MISSING' },
  ],
  ['404', status(404, 'Resource not found'), { status: 404, code: 'PLAYLIST_NOT_FOUND' }],
  ['404 with no body', status(404, '', 'empty'), { status: 404, code: 'PLAYLIST_NOT_FOUND' }],
  [
    '400 that names the ID',
    status(400, 'Invalid base62 id'),
    { status: 404, code: 'PLAYLIST_NOT_FOUND' },
  ],
  ['204', status(204, '', 'empty'), { status: 502, code: 'SPOTIFY_UNAVAILABLE' }],
  [
    'a redirect to a web page',
    { type: 'status', status: 301, body: 'html', location: 'http://127.0.0.1:9/portal' },
    { status: 502, code: 'SPOTIFY_UNAVAILABLE' },
  ],
  ['a web page with 403', status(403, '', 'html'), { status: 502, code: 'SPOTIFY_UNAVAILABLE' }],
  ['410', status(410, 'Gone'), { status: 404, code: 'PLAYLIST_NOT_FOUND' }],
  ['451', status(451, '', 'empty'), { status: 404, code: 'PLAYLIST_NOT_FOUND' }],
  ['400', status(400, 'Invalid something'), { status: 502, code: 'SPOTIFY_RESPONSE_INVALID' }],
];

describe.each(['the first request', 'a page'] as const)('For good, at %s,', (place) => {
  test.each(LASTING)('%s is told as it is, and nothing is written', async (_, action, expected) => {
    const answer = await ingestWith({
      match: PLACES[place].match,
      times: 'always',
      action,
    });

    expect(answer).toMatchObject({ status: expected.status, body: { code: expected.code } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    if (expected.retryAfter !== undefined) {
      expect(answer.headers['retry-after']).toBe(expected.retryAfter);
    }
    expect(await world.rows()).toEqual(NOTHING);
  });
});

test.each(['QUOTA_EXCEEDED', undefined])(
  'a 429 that asks for an hour (reason %s) ends the run after the one call that met it',
  async (reason) => {
    world.takeApiCalls();
    await ingestWith({
      times: 'always',
      match: { path: /^\/v1/ },
      action: {
        type: 'status',
        status: 429,
        body: 'json',
        retryAfter: '3600',
        ...(reason === undefined ? {} : { reason }),
      },
    });

    expect(world.takeApiCalls()).toHaveLength(1);
  },
);

const oddValue = (path: string[], value: string | number): FaultAction => ({
  type: 'odd-values',
  values: [{ path, value }],
});

const LIES: [string, Fault, string][] = [
  [
    'a total that is too large',
    { ...PLACES['the first request'], action: { type: 'total-off', by: 3 } },
    'served',
  ],
  [
    'a total that is too small',
    { ...PLACES['the first request'], action: { type: 'total-off', by: -100 } },
    'more follow',
  ],
  [
    'an end after the first page',
    { ...PLACES['the first request'], action: { type: 'next-null' } },
    'served 100',
  ],
  [
    'a page served twice',
    { match: { path: /\/items$/, offset: 150 }, action: { type: 'repeat-page' } },
    'page.offset',
  ],
  [
    'an empty page',
    { match: { path: /\/items$/, offset: 150 }, times: 'always', action: { type: 'empty-page' } },
    'served',
  ],
  [
    'a last page that leads to itself',
    { match: { path: /\/items$/, offset: 200 }, action: { type: 'next-self' } },
    'more follow',
  ],
  [
    'items that are no list',
    {
      ...PLACES['the first request'],
      action: oddValue(['items', 'items'], 'nope'),
    },
    'playlist.items',
  ],
  [
    'a total that is text',
    { ...PLACES['a page'], action: oddValue(['total'], 'many') },
    'page.total',
  ],
  [
    'a snapshot ID that is none',
    { ...PLACES['the closing check'], action: oddValue(['snapshot_id'], 12) },
    'snapshot_id',
  ],
];

test.each(LIES)('%s is refused, saying what does not fit', async (_, fault, told) => {
  const { status, body } = await ingestWith(fault);

  expect({ status, code: body.code }).toEqual({ status: 502, code: 'SPOTIFY_RESPONSE_INVALID' });
  expect(body.detail).toContain(told);
  expect(await world.rows()).toEqual(NOTHING);
});

describe('The token service', () => {
  const token = { match: { path: /^\/api\/token$/ } };

  test.each(PASSING.filter(([name]) => !name.startsWith('401')))(
    'once answering with %s does no harm',
    async (_, action) => {
      const answer = await ingestWith({ ...token, action });

      expect(answer.body).toMatchObject({ status: 'loaded' });
    },
  );

  test.each<[string, FaultAction]>([
    [
      'a redirect to another host',
      { type: 'status', status: 302, body: 'empty', location: 'https://portal.example/login' },
    ],
    ['a web page', { type: 'html-200' }],
    ['a web page with 403', status(403, '', 'html')],
  ])('answered for by %s: the network is to blame, not the app or the login', async (_, action) => {
    const answer = await ingestWith({ ...token, times: 'always', action });

    expect(answer).toMatchObject({
      status: 502,
      headers: { 'retry-after': '60' },
      body: { code: 'SPOTIFY_UNAVAILABLE', kind: 'later' },
    });
    expect(answer.body.detail).toContain('Something between this machine and Spotify answered');
    expect(world.takeApiCalls()).toEqual([]);
    world.spotify.clearFaults();
    expect(await world.ingest(playlist.id)).toMatchObject({ body: { status: 'loaded' } });
  });

  test('refusing a dead refresh token asks for a new login, without a date and without a call', async () => {
    world.environment.SPOTIFY_REFRESH_TOKEN = 'revoked';
    world.restart();

    const answer = await world.ingest(playlist.id);

    expect(answer).toMatchObject({ status: 503, body: { code: 'REAUTH_REQUIRED' } });
    expect(answer.headers).not.toHaveProperty('retry-after');
    expect(world.takeApiCalls()).toEqual([]);
  });

  test('refusing the client secret says that the app is not permitted', async () => {
    world.environment.SPOTIFY_CLIENT_SECRET = 'wrong';
    world.restart();

    const answer = await world.ingest(playlist.id);

    expect(answer).toMatchObject({ status: 403, body: { code: 'APP_NOT_PERMITTED' } });
    expect(answer.body.detail).toContain('SPOTIFY_CLIENT_SECRET');
  });
});

describe('A stalled Spotify', () => {
  test('once is given up after the attempt, and asked again', async () => {
    const answer = await ingestWith(
      { ...PLACES['the first request'], action: { type: 'hang' } },
      { ...PLACES['a page'], action: { type: 'trickle' } },
    );

    expect(answer.body).toMatchObject({ status: 'loaded' });
  });

  test.each(['hang', 'trickle'] as const)(
    'for good (%s) ends the run within the time it has',
    async (type) => {
      await world.close();
      await start(createMachineClock());
      world.spotify.addFault({ times: 'always', match: { path: /^\/v1/ }, action: { type } });
      const startedAt = Date.now();

      const answer = await world.ingest(playlist.id, 2_500);

      expect(Date.now() - startedAt).toBeLessThan(2_500);
      expect(answer).toMatchObject({ status: 502, body: { code: 'SPOTIFY_UNAVAILABLE' } });
      expect(await world.rows()).toEqual(NOTHING);
    },
  );
});
