/** After any fault between a run and its tables, it ends with the rows of an undisturbed one, or with the right problem. */
import type { CataloguePlaylist } from '../../local/simulator/catalogue-model.ts';
import type { DynamodbAction, DynamodbFault } from '../support/dynamodb-faults.ts';
import { expectedRows, withoutRun } from '../support/expected-rows.ts';
import { expectNoLie } from '../support/row-findings.ts';
import { changeAtSpotify, showcaseOfSize } from '../support/showcase.ts';
import {
  createJumpingClock,
  createMachineClock,
  createWorld,
  NO_ROWS,
  type World,
} from '../support/world.ts';

let world: World;
let playlist: CataloguePlaylist;

const start = async (clock = createJumpingClock()): Promise<void> => {
  world = await createWorld({ clock, proxy: {}, requestTimeoutMs: 700 });
  playlist = showcaseOfSize(world, 57);
  // One row is stored that lacks something, so that a load has a row to update.
  const { album_name, ...poor } = expected().album[0] ?? {};
  await world.replaceRows({ ...NO_ROWS, album: [poor] });
};

beforeEach(() => start());
afterEach(() => world.close());

const expected = () => expectedRows(world.spotify.catalogue, playlist, 'C');

/** Where in a run a fault strikes. */
const PLACES = {
  'the read of the quota': { match: { operation: 'GetItem', text: 'app#' } },
  'the write of the quota': { match: { operation: 'PutItem' } },
  "the read of the playlist's row": { match: { operation: 'GetItem', text: '-playlist' } },
  'a batch read': { match: { operation: 'BatchGetItem' } },
  'a batch write': { match: { operation: 'BatchWriteItem' }, skip: 1 },
  'an update of a row': { match: { operation: 'UpdateItem', text: '-album' } },
  "the write of the playlist's row": { match: { operation: 'UpdateItem', text: '-playlist' } },
} as const satisfies Record<string, Omit<DynamodbFault, 'action'>>;

const THROTTLED = ['TableWriteMaxOnDemandThroughputExceeded'];

const PASSING: [string, DynamodbAction][] = [
  ['500', { type: 'error', name: 'InternalServerError', status: 500 }],
  ['503', { type: 'error', name: 'ServiceUnavailable', status: 503 }],
  [
    'ProvisionedThroughputExceededException',
    { type: 'error', name: 'ProvisionedThroughputExceededException', reasons: THROTTLED },
  ],
  ['ThrottlingException', { type: 'error', name: 'ThrottlingException', reasons: THROTTLED }],
  ['RequestLimitExceeded', { type: 'error', name: 'RequestLimitExceeded' }],
  ['a reset before it is applied', { type: 'reset', when: 'before' }],
  ['a reset after it was applied', { type: 'reset', when: 'after' }],
  ['an answer that breaks off', { type: 'cut' }],
  ['a page of HTML with 200', { type: 'foreign-200', body: '<html><body>Welcome</body></html>' }],
  ['an empty body with 200', { type: 'foreign-200', body: '' }],
  ['an empty object with 200', { type: 'foreign-200', body: '{}' }],
  ['an answer that goes no further than its half', { type: 'stall' }],
  ['an answer that comes when nobody waits for it', { type: 'slow', ms: 1_500 }],
  ['an answer with a field that nobody knows', { type: 'unknown-field' }],
];

describe.each(Object.keys(PLACES) as (keyof typeof PLACES)[])('Once, at %s,', (place) => {
  test.each(PASSING)('%s leaves the rows of an undisturbed run', async (_, action) => {
    world.proxy.faults.add({ ...PLACES[place], action });

    const answer = await world.ingest(playlist.id);

    expect(answer.body).toMatchObject({ status: 'loaded' });
    expect(withoutRun(await world.rows())).toEqual(expected());
    expect(world.proxy.takeCalls().filter(({ fault }) => fault === action.type)).toHaveLength(1);
  });
});

describe('What a batch hands back', () => {
  const unprocessed = (
    operation: 'BatchGetItem' | 'BatchWriteItem',
    which: Extract<DynamodbAction, { type: 'unprocessed' }>['which'],
    times: number | 'always',
  ): DynamodbFault => ({ match: { operation }, times, action: { type: 'unprocessed', which } });
  const someTrack = (): { text: string } => {
    const [track] = expected().track;
    return { text: `"${String(track?.track_id)}"` };
  };

  test.each([
    ['all of it, three times', 'all', 3],
    ['every other row, five times', 'every-other', 5],
    ['one row, seven times', 'one', 7],
  ] as const)('is sent again until it lands: %s', async (_, which, times) => {
    const kept = which === 'one' ? someTrack() : which;
    for (const operation of ['BatchGetItem', 'BatchWriteItem'] as const) {
      world.proxy.faults.add(unprocessed(operation, kept, times));
    }

    const answer = await world.ingest(playlist.id);

    expect(answer.body).toMatchObject({ status: 'loaded' });
    expect(withoutRun(await world.rows())).toEqual(expected());
    const struck = world.proxy.takeCalls().filter(({ fault }) => fault === 'unprocessed');
    expect(struck).toHaveLength(2 * times);
  });

  test('and nothing else is sent again', async () => {
    const { text } = someTrack();
    world.proxy.faults.add({
      match: { operation: 'BatchWriteItem', text },
      action: { type: 'unprocessed', which: { text } },
    });

    await world.ingest(playlist.id);

    const withIt = world.proxy
      .takeCalls()
      .filter(({ body, operation }) => operation === 'BatchWriteItem' && body.includes(text));
    expect(withIt.map(({ body }) => body.split('PutRequest').length - 1)).toEqual([
      expect.any(Number),
      1,
    ]);
  });

  test('for ever ends the run with what is missing, and without the row of the playlist', async () => {
    const missing = someTrack();
    world.proxy.faults.add(unprocessed('BatchWriteItem', missing, 'always'));

    const answer = await world.ingest(playlist.id);

    expect(answer).toMatchObject({
      status: 500,
      body: { code: 'LOAD_INCOMPLETE', rows_missing: 1 },
    });
    const rows = await world.rows();
    expect(rows.playlist).toEqual([]);
    expect(rows.track).toHaveLength(expected().track.length - 1);
    expect(rows.artist).toEqual(expected().artist);
    expect(answer.body.detail).toContain('new track rows');
    world.proxy.faults.clear();
    const next = await world.ingest(playlist.id);
    expect(next.body).toMatchObject({ status: 'loaded', written: { playlist: 1, artist: 0 } });
    expect(withoutRun(await world.rows())).toEqual(expected());
  });
});

describe('For good,', () => {
  const lasting: [string, DynamodbAction, object][] = [
    [
      'throttling is told with its reason',
      { type: 'error', name: 'ThrottlingException', reasons: THROTTLED },
      { status: 503, body: { code: 'TABLE_THROTTLED', throttled_by: THROTTLED[0] } },
    ],
    [
      'an outage is told as one',
      { type: 'error', name: 'InternalServerError', status: 500 },
      { status: 503, body: { code: 'TABLE_UNAVAILABLE' } },
    ],
    [
      'a dead line is told as an outage',
      { type: 'reset', when: 'before' },
      { status: 503, body: { code: 'TABLE_UNAVAILABLE' } },
    ],
    [
      'a line that swallows all answers is told as an outage',
      { type: 'reset', when: 'after' },
      { status: 503, body: { code: 'TABLE_UNAVAILABLE' } },
    ],
    [
      'pages of HTML are told as an outage',
      { type: 'foreign-200', body: '<html><body>Welcome</body></html>' },
      { status: 503, body: { code: 'TABLE_UNAVAILABLE' } },
    ],
    [
      'empty answers are told as an outage',
      { type: 'foreign-200', body: '{}' },
      { status: 503, body: { code: 'TABLE_UNAVAILABLE' } },
    ],
  ];
  const places = Object.keys(PLACES).filter(
    (place) => place !== 'a batch write',
  ) as (keyof typeof PLACES)[];

  describe.each(places)('at %s,', (place) => {
    test.each(lasting)('%s', async (_, action, told) => {
      world.proxy.faults.add({ match: PLACES[place].match, times: 'always', action });

      const answer = await world.ingest(playlist.id);

      expect(answer).toMatchObject(told);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      // Of a write that was applied though its answer was lost nobody may say that it was not.
      const { playlist: stored } = await world.rows();
      if (stored.length > 0) expect(answer.body.detail).toContain('It is unknown whether');
      world.proxy.faults.clear();
      expect((await world.ingest(playlist.id)).status).toBe(200);
      expect(withoutRun(await world.rows())).toEqual(expected());
    });
  });

  test('a batch write that is throttled counts what is missing, with the reason', async () => {
    world.proxy.faults.add({
      match: { operation: 'BatchWriteItem' },
      times: 'always',
      action: { type: 'error', name: 'ProvisionedThroughputExceededException', reasons: THROTTLED },
    });

    const { body } = await world.ingest(playlist.id);

    expect(body).toMatchObject({ code: 'LOAD_INCOMPLETE', throttled_by: THROTTLED[0] });
    expect(body.rows_missing).toBe(body.rows_wanted);
  });

  test.each(['', '{}'] as const)(
    'an empty answer (%j) to a batch write lands nothing',
    async (body) => {
      world.proxy.faults.add({
        match: { operation: 'BatchWriteItem' },
        times: 'always',
        action: { type: 'foreign-200', body },
      });

      const answer = await world.ingest(playlist.id);

      expect(answer).toMatchObject({ status: 500, body: { code: 'LOAD_INCOMPLETE' } });
      expect((await world.rows()).playlist).toEqual([]);
    },
  );

  test('a row that is refused is named, and keeps no other of its table from landing', async () => {
    const [row] = expected().artist.slice(7);
    const id = String(row?.artist_id);
    world.proxy.faults.add({
      match: { operation: 'BatchWriteItem', text: `"artist_id":{"S":"${id}"}` },
      times: 'always',
      action: { type: 'error', name: 'ValidationException' },
    });

    const answer = await world.ingest(playlist.id);

    expect(answer).toMatchObject({ status: 422, body: { code: 'ROW_REFUSED', rows_refused: 1 } });
    expect(answer.body.detail).toContain(`artist ${id}`);
    const rows = await world.rows();
    expect(rows.playlist).toEqual([]);
    expect(rows.artist).toEqual(expected().artist.filter((artist) => artist.artist_id !== id));
    const sent = world.proxy.takeCalls().filter(({ fault }) => fault === 'error');
    // 25, 13, 7, 4, 2, 1: no repeat of what is refused.
    expect(sent.length).toBeLessThanOrEqual(6);
  });
});

describe('A table that hangs', () => {
  test('once is given up after the attempt, and asked again', async () => {
    world.proxy.faults.add({ ...PLACES['a batch read'], action: { type: 'hang' } });

    expect((await world.ingest(playlist.id)).body).toMatchObject({ status: 'loaded' });
    expect(withoutRun(await world.rows())).toEqual(expected());
  });

  test.each(Object.keys(PLACES) as (keyof typeof PLACES)[])(
    'for good, at %s, ends the run within the time it has',
    async (place) => {
      await world.close();
      await start(createMachineClock());
      world.proxy.faults.add({ ...PLACES[place], times: 'always', action: { type: 'hang' } });
      const startedAt = Date.now();

      const answer = await world.ingest(playlist.id, 3_000);

      expect(Date.now() - startedAt).toBeLessThan(3_000);
      expect([500, 503]).toContain(answer.status);
      expect(['LOAD_INCOMPLETE', 'RUN_OUT_OF_TIME', 'TABLE_UNAVAILABLE']).toContain(
        answer.body.code,
      );
      expect((await world.rows()).playlist).toEqual([]);
      expect(answer.body.detail).toMatch(
        place === "the write of the playlist's row" ? /It is unknown whether/ : /time|no answer/,
      );
    },
  );
});

describe('A run that reaches its tables no more, as one that is killed', () => {
  test.each(['a first load', 'a load of a list that has changed'])(
    'after each single call leaves the old playlist or the new one, and the next run puts it right: %s',
    async (name) => {
      await world.replaceRows(NO_ROWS);
      if (name !== 'a first load') {
        await world.ingest(playlist.id);
        changeAtSpotify(world, playlist);
      }
      const before = await world.rows();
      const begin = async (): Promise<void> => {
        await world.replaceRows(before);
        await world.replaceState();
        world.restart();
      };
      await begin();
      world.proxy.takeCalls();
      await world.ingest(playlist.id);
      const after = withoutRun(await world.rows());
      const tableCalls = world.proxy.takeCalls().length;
      expect(tableCalls).toBeGreaterThan(5);

      for (let calls = 0; calls < tableCalls; calls += 1) {
        await begin();
        world.proxy.cutOffAfter(calls);
        await world.ingest(playlist.id);
        world.proxy.mend();
        await expectNoLie(await world.rows(), { before, after });

        world.restart();
        expect((await world.ingest(playlist.id)).status).toBe(200);
        expect(withoutRun(await world.rows())).toEqual(after);
      }
    },
  );
});
