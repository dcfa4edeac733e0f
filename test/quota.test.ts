/** The quota at the wire: what it costs, and that an upgrade keeps it. test/stress/quota.test.ts has many processes at once. */
import { OLD_QUOTA_ROW, OLD_ROW_WRITTEN_AT } from './support/old-quota-row.ts';
import { createJumpingClock, createWorld, type World } from './support/world.ts';

/** As on AWS: paced, and with a budget. */
const AS_DEPLOYED = {
  SPOTIFY_BURST_CALLS: '60',
  SPOTIFY_CALLS_PER_SECOND: '1',
  SPOTIFY_DAILY_CALLS: '1000',
};

let world: World;

afterEach(() => world.close());

describe('the table calls of the quota', () => {
  test('are two for a list of one page, on an empty table and ever after, and none more while it is unchanged', async () => {
    world = await createWorld({ variables: AS_DEPLOYED });
    const { catalogue } = world.spotify;
    const lists = [100, 50, 50].map((size) => catalogue.playlistOfSize(size).id);

    for (const [index, id] of lists.entries()) {
      if (index === 1) world.restart();
      await world.ingest(id);
      expect(world.takeStateCalls()).toEqual(['GetItem', 'PutItem']);
      expect(world.takeApiCalls()).toHaveLength(1);
    }
  });

  test('are one more for each later reservation, and one where something is given back or was learnt', async () => {
    world = await createWorld({ variables: AS_DEPLOYED });
    const { catalogue } = world.spotify;

    const long = catalogue.playlistOfSize(1_000);
    const first = await world.ingest(long.id);
    expect(first.body).toMatchObject({ status: 'loaded', spotify_requests: 20 });
    // Which name the API has for items was learnt.
    expect(world.takeStateCalls()).toEqual(['GetItem', 'PutItem', 'PutItem', 'PutItem']);

    world.spotify.appendTracks(long.id, 1);
    await world.ingest(long.id);
    expect(world.takeStateCalls()).toEqual(['GetItem', 'PutItem', 'PutItem']);

    const { id } = catalogue.playlistOfSize(101);
    world.spotify.addFault({
      match: { path: /items/ },
      times: 'always',
      action: { type: 'status', status: 404, body: 'json' },
    });
    await world.ingest(id);
    // The page is asked for under both names, which is one call more than was reserved; the closing check is not made.
    expect(world.takeStateCalls()).toEqual(['GetItem', 'PutItem', 'PutItem']);
  });
});

test('one process alone never waits within the burst, whether it runs one by one or side by side', async () => {
  world = await createWorld({ variables: AS_DEPLOYED });
  const { id } = world.spotify.catalogue.playlistOfSize(50);
  const before = world.clock.jumpedMs();

  for (let run = 0; run < 20; run += 1) await world.ingest(id);
  await Promise.all(Array.from({ length: 40 }, () => world.ingest(id)));

  expect(world.takeApiCalls()).toHaveLength(60);
  expect(world.clock.jumpedMs()).toBe(before);
});

test('a row of the version before keeps its cooldown, and its calls of the day are not given out again', async () => {
  const clock = createJumpingClock();
  clock.jump(OLD_ROW_WRITTEN_AT - Date.now());
  world = await createWorld({
    clock,
    variables: { SPOTIFY_DAILY_CALLS: '12', SPOTIFY_RESERVED_CALLS: '0' },
  });
  const { id } = world.spotify.catalogue.playlistOfSize(50);
  await world.replaceState([OLD_QUOTA_ROW]);
  const send = async (): Promise<unknown> => (await world.ingest(id)).body.code ?? 'ok';

  expect([await send(), world.takeApiCalls()]).toEqual(['SPOTIFY_QUOTA_EXCEEDED', []]);
  clock.jump(Date.parse(OLD_QUOTA_ROW.cooldown.until) - clock.now());
  expect([await send(), await send(), await send()]).toEqual(['ok', 'ok', 'SPOTIFY_BUDGET_SPENT']);
  expect(world.takeApiCalls()).toHaveLength(2);
});
