/** After any sequence of faults, the tables equal those of an undisturbed run. */
import fc from 'fast-check';
import type { Fault, FaultAction } from '../../local/simulator/simulator.ts';
import {
  type DynamodbAction,
  type DynamodbFault,
  FOREIGN_BODIES,
} from '../support/dynamodb-faults.ts';
import { withoutRun } from '../support/expected-rows.ts';
import { expectNoLie } from '../support/row-findings.ts';
import { changeAtSpotify, showcaseOfSize } from '../support/showcase.ts';
import { type Answer, createWorld, NO_ROWS, type Tables, type World } from '../support/world.ts';

const SCHEDULES = Number(process.env.FAULT_SCHEDULES ?? 50);
/** Each attempt meets some of a schedule's faults; all of them are met long before. */
const MAX_ATTEMPTS = 60;

const THROTTLED = ['KeyRangeThroughputExceeded'];

/** How long a function waits for an answer: what stalls is to cost little. */
const REQUEST_TIMEOUT_MS = 250;

const slowActions = fc.constantFrom<DynamodbAction>(
  { type: 'hang' },
  { type: 'stall' },
  { type: 'slow', ms: REQUEST_TIMEOUT_MS + 50 },
);

const quickActions = fc.constantFrom<DynamodbAction>(
  { type: 'error', name: 'InternalServerError', status: 500 },
  { type: 'error', name: 'ServiceUnavailable', status: 503 },
  { type: 'error', name: 'ProvisionedThroughputExceededException', reasons: THROTTLED },
  { type: 'error', name: 'ThrottlingException', reasons: THROTTLED },
  { type: 'error', name: 'RequestLimitExceeded' },
  { type: 'unprocessed', which: 'all' },
  { type: 'unprocessed', which: 'every-other' },
  { type: 'unprocessed', which: { text: 'a' } },
  { type: 'reset', when: 'before' },
  { type: 'reset', when: 'after' },
  { type: 'cut' },
  ...FOREIGN_BODIES.map((body) => ({ type: 'foreign-200' as const, body })),
  { type: 'unknown-field' },
);

const OPERATIONS = ['GetItem', 'PutItem', 'UpdateItem', 'BatchGetItem', 'BatchWriteItem'] as const;

const places = {
  match: fc.oneof(
    fc.constant({}),
    fc.constantFrom(...OPERATIONS).map((operation) => ({ operation })),
  ),
  skip: fc.nat(5),
};
const tableFaults: fc.Arbitrary<DynamodbFault> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      ...places,
      times: fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 4, max: 25 })),
      action: quickActions,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      ...places,
      times: fc.integer({ min: 1, max: 2 }),
      action: slowActions,
    }),
  },
);

const spotifyActions = fc.constantFrom<FaultAction>(
  { type: 'status', status: 500, body: 'json' },
  { type: 'status', status: 502, body: 'html' },
  { type: 'status', status: 503, body: 'empty' },
  { type: 'status', status: 429, body: 'text', retryAfter: '2' },
  { type: 'status', status: 429, body: 'json', retryAfter: '86400' },
  { type: 'status', status: 429, body: 'json', retryAfter: 'soon' },
  { type: 'reset', when: 'before-headers' },
  { type: 'reset', when: 'mid-body' },
  { type: 'truncate' },
  { type: 'half-json' },
  { type: 'truncated-gzip' },
  { type: 'html-200' },
  { type: 'token-refused', message: 'The access token expired' },
);

const spotifyFaults: fc.Arbitrary<Fault> = fc.record({
  match: fc.constantFrom({ path: /^\/v1\// }, { path: /\/items$/ }),
  skip: fc.nat(3),
  times: fc.integer({ min: 1, max: 4 }),
  action: spotifyActions,
});

const schedules = fc.record({
  scenario: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom('small, new', 'small, changed') },
    { weight: 1, arbitrary: fc.constantFrom('two pages, new', 'two pages, changed') },
  ),
  tables: fc.array(tableFaults, { maxLength: 5 }),
  spotify: fc.array(spotifyFaults, { maxLength: 3 }),
  /** Whether the attempt of that number finds a cold process. */
  restarts: fc.infiniteStream(fc.boolean()),
});

type Scenario = {
  readonly playlistId: string;
  readonly before: Tables;
  /** Without dates and names of runs. */
  readonly after: Tables;
};

let world: World;
const scenarios = new Map<string, Scenario>();

beforeAll(async () => {
  world = await createWorld({ proxy: {}, requestTimeoutMs: REQUEST_TIMEOUT_MS });
  for (const [name, size] of [
    ['small', 24],
    ['two pages', 120],
  ] as const) {
    const playlist = showcaseOfSize(world, size);
    await world.ingest(playlist.id);
    const stored = await world.rows();
    changeAtSpotify(world, playlist);
    await world.ingest(playlist.id);
    const changed = withoutRun(await world.rows());
    await world.replaceRows(NO_ROWS);
    await world.ingest(playlist.id);
    const loaded = withoutRun(await world.rows());
    await world.replaceRows(NO_ROWS);
    scenarios.set(`${name}, new`, { playlistId: playlist.id, before: NO_ROWS, after: loaded });
    scenarios.set(`${name}, changed`, { playlistId: playlist.id, before: stored, after: changed });
  }
});
afterAll(() => world.close());

test('under any schedule of faults that ends, the tables end as if there had been none, and never lie in between', async () => {
  await fc.assert(
    fc.asyncProperty(schedules, async ({ restarts, scenario: name, spotify, tables }) => {
      const scenario = scenarios.get(name);
      if (scenario === undefined) throw new Error(`No scenario ${name}`);
      // What came late in the schedule before must not come into this one.
      await world.proxy.settle();
      await world.replaceRows(scenario.before);
      await world.replaceState();
      world.restart();
      world.proxy.faults.clear();
      world.proxy.faults.add(...tables);
      world.spotify.clearFaults();
      for (const fault of spotify) world.spotify.addFault(fault);

      for (let attempt = 1; ; attempt += 1) {
        const answer = await world.ingest(scenario.playlistId);
        await expectNoLie(await world.rows(), scenario);
        if (answer.status === 200) break;
        expectPassing(answer);
        expect(attempt).toBeLessThan(MAX_ATTEMPTS);
        world.clock.jump(1_000 * Number(answer.headers['retry-after'] ?? 10));
        if (restarts.next().value === true) world.restart();
      }

      await world.proxy.settle();
      expect(withoutRun(await world.rows())).toEqual(scenario.after);
    }),
    { numRuns: SCHEDULES, endOnFailure: true },
  );
});

/** A transient fault is reported as retriable. */
function expectPassing({ body, status }: Answer): void {
  expect([500, 502, 503]).toContain(status);
  expect(body.code).not.toBe('INTERNAL');
}
