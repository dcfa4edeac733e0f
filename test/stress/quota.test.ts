import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import { type Answer, createMachineClock, createWorld, type World } from '../support/world.ts';

/** As on AWS: paced, and with a budget. */
const AS_DEPLOYED = {
  SPOTIFY_BURST_CALLS: '60',
  SPOTIFY_CALLS_PER_SECOND: '1',
  SPOTIFY_DAILY_CALLS: '1000',
  SPOTIFY_PAGES_IN_FLIGHT: '1',
};
/** More than a request has: these tests are not about time, and a busy machine takes its own. */
const PATIENT_MS = 300_000;
/** `QUOTA_PLAYLISTS=300` is the whole of it; fewer keep the run short. */
const PLAYLISTS = Number(process.env.QUOTA_PLAYLISTS ?? '60');

let world: World;

afterEach(() => world.close());

const isApiCall = ({ path }: { readonly path: string }): boolean => path.startsWith('/v1/');
const statusesOf = (of: World): number[] => of.spotify.requests().map(({ status }) => status);
const refusals = (of: World): number => statusesOf(of).filter((status) => status === 429).length;

test('twelve processes at once never call above the pace', async () => {
  world = await createWorld({
    clock: createMachineClock(),
    variables: {
      ...AS_DEPLOYED,
      SPOTIFY_BURST_CALLS: '10',
      SPOTIFY_CALLS_PER_SECOND: '5',
    },
  });
  const lists = ownLists(world, 12, 0);
  const startedAt = world.clock.now();

  const statuses = await Promise.all(
    lists.map(async ({ id }) => {
      const { ingest } = world.startFunction();
      const answers: number[] = [];
      for (let run = 0; run < 3; run += 1) answers.push((await ingest(id, PATIENT_MS)).status);
      return answers;
    }),
  );

  expect(new Set(statuses.flat())).toEqual(new Set([200]));
  // A busy machine makes a call later than its time, never earlier.
  const times = world.spotify
    .requests()
    .flatMap(({ at, path }) => (path.startsWith('/v1/') ? [at] : []));
  expect(times).toHaveLength(36);
  const tooEarly = times.filter((at, before) => before + 1 > 10 + (5 * (at - startedAt)) / 1000);
  expect(tooEarly).toEqual([]);
});

test('twelve processes at once never spend more than the budget, and all of it once the refused have tried again', async () => {
  world = await createWorld({
    variables: { SPOTIFY_DAILY_CALLS: '150', SPOTIFY_RESERVED_CALLS: '20' },
  });
  const { id } = world.spotify.catalogue.playlistOfSize(50);
  const functions = Array.from({ length: 12 }, () => world.startFunction());
  const sendAll = (gets: number): Promise<Answer[][]> =>
    Promise.all(
      functions.map(async ({ ingest }) => {
        const answers: Answer[] = [];
        for (let get = 0; get < gets; get += 1) answers.push(await ingest(id, PATIENT_MS));
        return answers;
      }),
    );

  const refused = (await sendAll(13)).flat().filter(({ status }) => status !== 200);
  expect(world.spotify.requests().filter(isApiCall).length).toBeLessThanOrEqual(130);
  expect(new Set(refused.map(({ body }) => body.code))).toEqual(new Set(['SPOTIFY_BUDGET_SPENT']));
  await sendAll(Math.ceil(refused.length / functions.length));

  expect(world.spotify.requests().filter(isApiCall)).toHaveLength(130);
});

test('while a quota is used up every run of every function answers 503 without a call, and goes on by itself when it ends', async () => {
  world = await createWorld({ variables: AS_DEPLOYED, quota: 0 });
  const { id } = world.spotify.catalogue.playlistOfSize(50);
  const first = await world.ingest(id);
  const retryAfterSeconds = Number(first.headers['retry-after']);
  world.spotify.clearRequests();

  for (const { ingest } of [world, world.startFunction()]) {
    const { body, headers, status } = await ingest(id);
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'SPOTIFY_QUOTA_EXCEEDED' });
    expect(Math.abs(Number(headers['retry-after']) - retryAfterSeconds)).toBeLessThanOrEqual(2);
  }
  expect(world.spotify.requests()).toEqual([]);

  world.spotify.configure({ quota: 100 });
  world.clock.jump(retryAfterSeconds * 1000);
  await expect(world.ingest(id)).resolves.toMatchObject({ body: { status: 'loaded' } });
});

test.each([
  ['a rate limit of 11 seconds', { status: 429, body: 'text', retryAfter: '11' }, 11],
  ['one that names no time', { status: 429, body: 'text' }, 60],
  [
    'a service that is away for two minutes',
    { status: 503, body: 'empty', retryAfter: '120' },
    120,
  ],
] as const)('%s stops the calls of all', async (_case, action, seconds) => {
  world = await createWorld();
  const { id } = world.spotify.catalogue.playlistOfSize(50);
  world.spotify.addFault({
    times: 'always',
    match: { path: /^\/v1/ },
    action: { type: 'status', ...action },
  });
  await world.ingest(id);
  world.spotify.clearRequests();

  const { body, headers } = await world.startFunction().ingest(id);

  expect(body.code).toBe('SPOTIFY_RATE_LIMITED');
  expect(Number(headers['retry-after'])).toBeLessThanOrEqual(seconds);
  expect(Number(headers['retry-after'])).toBeGreaterThan(seconds - 5);
  expect(world.spotify.requests()).toEqual([]);
});

test.each([
  ['a date', 'Fri, 31 Dec 9999 23:59:59 GMT'],
  ['seconds', '99999999'],
  ['a number without end', '9'.repeat(400)],
])(
  'Retry-After of years, as %s, stops calls for three days, and says how to go on before',
  async (_case, retryAfter) => {
    world = await createWorld();
    const { id } = world.spotify.catalogue.playlistOfSize(50);
    const action = { type: 'status', status: 429, body: 'text', retryAfter } as const;
    world.spotify.addFault({ match: { path: /^\/v1/ }, action });
    await world.ingest(id);

    const { body, headers } = await world.startFunction().ingest(id);

    const seconds = Number(headers['retry-after']);
    expect(body.code).toBe('SPOTIFY_RATE_LIMITED');
    expect(body.detail).toContain('npx spotify-etl doctor --stage <stage> --clear-cooldown');
    expect(seconds).toBeLessThanOrEqual(3 * 86_400);
    expect(seconds).toBeGreaterThan(3 * 86_400 - 60);
    world.clock.jump(seconds * 1000);
    await expect(world.ingest(id)).resolves.toMatchObject({ body: { status: 'loaded' } });
  },
);

test('what a process learnt about the app is known to the next one', async () => {
  world = await createWorld({ appKind: 'B' });
  const lists = [...world.spotify.catalogue.playlists.values()].filter(
    ({ access, items }) => access === 'foreign' && items.length > 150,
  );
  await world.ingest(lists[0]?.id ?? '');
  world.restart();
  world.takeApiCalls();

  await world.ingest(lists[1]?.id ?? '');

  expect(world.takeApiCalls().filter((call) => call.includes('/items?'))).toEqual([]);
});

test('SPOTIFY_PLAYLIST_API asks under that name and under no other', async () => {
  world = await createWorld({ appKind: 'C', variables: { SPOTIFY_PLAYLIST_API: 'tracks' } });

  const { body } = await world.ingest(world.spotify.catalogue.playlistOfSize(1_000).id);

  expect(body.code).toBe('PLAYLIST_NOT_READABLE');
  expect(world.takeApiCalls().filter((call) => call.includes('/items?'))).toEqual([]);
});

test(`a first load of ${PLAYLISTS} playlists within a budget of 1,000 calls a day is never refused by Spotify`, async () => {
  world = await createWorld({ variables: AS_DEPLOYED, quota: 1_000 });
  const lists = ownLists(world, PLAYLISTS);
  // As much larger than the budget as 300 playlists are.
  if (PLAYLISTS < 300) world.environment.SPOTIFY_DAILY_CALLS = String(Math.round(PLAYLISTS * 3.3));
  world.restart();
  const startedAt = world.clock.now();
  const outcomes: Answer[] = [];
  for (const { id } of lists) outcomes.push(await ingestPatiently(world, id));

  const items = lists.reduce((sum, list) => sum + list.items.length, 0);
  expect(items).toBeGreaterThanOrEqual(PLAYLISTS * 100);
  expect(outcomes.filter(({ body }) => body.status === 'loaded')).toHaveLength(lists.length);
  expect(refusals(world)).toBe(0);
  const dayMs = 86_400_000;
  expect(world.clock.now() - startedAt).toBeGreaterThan(dayMs);
  expect(world.clock.now() - startedAt).toBeLessThan(3 * dayMs);
  expect(await countRows(world)).toBe(lists.length);
});

test('where the quota ends earlier than the ledger thinks, each process meets that once, and no run calls until it is over', async () => {
  world = await createWorld({
    clock: createMachineClock(),
    quota: 3,
    latencyMs: 50,
    variables: { ...AS_DEPLOYED, SPOTIFY_BURST_CALLS: '1000', SPOTIFY_CALLS_PER_SECOND: '100' },
  });
  const functions = Array.from({ length: 8 }, () => world.startFunction());
  const { id } = world.spotify.catalogue.playlistOfSize(50);
  const sendAll = async (): Promise<number> => {
    world.spotify.clearRequests();
    const answers = await Promise.all(functions.map(({ ingest }) => ingest(id, PATIENT_MS)));
    return Math.max(...answers.map(({ headers }) => Number(headers['retry-after'] ?? 0)));
  };
  for (let round = 0; round < 2; round += 1) {
    const waitSeconds = await sendAll();
    expect(waitSeconds).toBeGreaterThan(0);
    expect(refusals(world)).toBeGreaterThan(0);
    expect(refusals(world)).toBeLessThanOrEqual(functions.length);
    await sendAll();
    expect(world.spotify.requests()).toEqual([]);
    world.clock.jump(waitSeconds * 1000);
  }
});

/** Sends again after the Retry-After, like a trigger that is started now and then. */
async function ingestPatiently({ clock, ingest }: World, id: string): Promise<Answer> {
  for (;;) {
    const answer = await ingest(id);
    const retryAfter = answer.headers['retry-after'];
    if (answer.status !== 503 || retryAfter === undefined) return answer;
    clock.jump(Number(retryAfter) * 1000);
  }
}

/** Playlists of the user: with more than 100 items each, or with fewer where nothing is appended. */
function ownLists({ spotify }: World, count: number, appended = 120): CataloguePlaylist[] {
  const { catalogue } = spotify;
  const ids = [...catalogue.playlists.values()]
    .filter(
      ({ access, items }) =>
        access !== 'spotify-made' && items.length > 0 && items.length < (appended > 0 ? 400 : 100),
    )
    .slice(0, count)
    .map((playlist) => {
      catalogue.playlists.set(playlist.id, { ...playlist, access: 'own' });
      if (appended > 0) spotify.appendTracks(playlist.id, appended);
      return playlist.id;
    });
  expect(ids).toHaveLength(count);
  return ids.flatMap((id) => catalogue.playlists.get(id) ?? []);
}

async function countRows(of: World): Promise<number> {
  return (await of.rows()).playlist.length;
}
