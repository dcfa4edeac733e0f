import { DeleteCommand, PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { type GateState, type GateStore } from '../../spotify/quota/gate-state.ts';
import { startTestTables, type TestTables } from '../../test/support/test-tables.ts';
import { createGateStore } from './gate-store.ts';

const TABLE = 'spotify-etl-test-state';
const NOW = Date.UTC(2026, 10, 20, 12);
const LIMITS = { deadlineAt: NOW + 20_000 };
const DAY_MS = 86_400_000;
/** Set back to `NOW` after each test. */
let now = NOW;
const clock = { now: () => now, random: () => 0.5, sleep: () => Promise.resolve() };

let tables: TestTables;
let store: GateStore;

beforeAll(async () => {
  tables = await startTestTables();
  store = createGateStore(tables.client, { tableName: TABLE, clientId: 'client-1', clock });
});
afterAll(() => tables.close());
afterEach(async () => {
  now = NOW;
  for (const state_id of ['app#client-1', 'app#client-2']) {
    await tables.client.send(new DeleteCommand({ TableName: TABLE, Key: { state_id } }));
  }
});

const moment = fc.integer({ min: 0, max: 4_102_444_800_000 });
const cooldownEnd = fc.integer({ min: 0, max: NOW + 3 * DAY_MS });
const states: fc.Arbitrary<GateState> = fc.record({
  revision: fc.constant(0),
  cooldown: fc.option(
    fc.record({
      until: cooldownEnd,
      reason: fc.constantFrom('quota' as const, 'rate-limit' as const),
    }),
    { nil: undefined },
  ),
  hours: fc
    .array(
      fc.tuple(
        fc.integer({ min: 490_000, max: 500_000 }),
        fc.dictionary(
          fc.constantFrom(
            'playlist',
            'playlist-items',
            'my-playlists',
            'recently-played',
            'of-a-later-version',
          ),
          fc.integer({ min: 0, max: 900 }),
        ),
      ),
      { maxLength: 25 },
    )
    .map((hours) => new Map(hours)),
  fullAt: moment,
  lane: fc.option(fc.record({ owner: fc.uuid(), freeAt: moment }), { nil: undefined }),
  callMs: fc.option(fc.integer({ min: 500, max: 8_000 }), { nil: undefined }),
  writeId: fc.option(fc.uuid(), { nil: undefined }),
  facts: fc.record({
    appKind: fc.constantFrom('A or B' as const, 'C' as const, undefined),
    playlistApi: fc.constantFrom('items' as const, 'tracks' as const, undefined),
    pageLimit: fc.constantFrom(50, 25, undefined),
  }),
  announced: fc.option(
    fc.record({
      authorizedAt: fc.constant('2026-05-20T12:00:00.000Z'),
      days: fc.constantFrom(30, 7, 1),
    }),
    { nil: undefined },
  ),
});

describe("the gate's state in its table", () => {
  it('reads as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(states, async (state) => {
        const { revision } = await store.read(LIMITS);
        expect(await store.write(state, revision, LIMITS)).toBe(true);
        expect(await store.read(LIMITS)).toEqual({ ...state, revision: revision + 1 });
      }),
      { numRuns: 50 },
    );
  });

  it('is empty where nothing was written', async () => {
    await expect(store.read(LIMITS)).resolves.toMatchObject({ revision: 0, fullAt: 0 });
  });

  it('takes one of many writes that start from the same revision', async () => {
    for (let round = 0; round < 3; round += 1) {
      const seen = await store.read(LIMITS);
      const written = await Promise.all(
        Array.from({ length: 10 }, (_, fullAt) =>
          store.write({ ...seen, fullAt }, seen.revision, LIMITS),
        ),
      );
      expect(written.filter(Boolean)).toHaveLength(1);
    }
    expect((await store.read(LIMITS)).revision).toBe(3);
  });

  it('is of one app: another starts anew', async () => {
    const options = { tableName: TABLE, clientId: 'client-2', clock };
    const other = createGateStore(tables.client, options);
    await store.write({ revision: 0, hours: new Map(), fullAt: NOW, facts: {} }, 0, LIMITS);

    expect((await other.read(LIMITS)).revision).toBe(0);
  });

  it('stays readable for people, and ends by itself long after its last use', async () => {
    const hours = new Map([[NOW / 3_600_000, { playlist: 3 }]]);
    await store.write({ revision: 0, hours, fullAt: NOW, facts: {} }, 0, LIMITS);

    const { Items } = await tables.client.send(new ScanCommand({ TableName: TABLE }));

    expect(Items).toEqual([
      {
        state_id: 'app#client-1',
        revision: 1,
        calls: { '2026-11-20T12': { playlist: 3 } },
        full_at: '2026-11-20T12:00:00.000Z',
        expires_at: NOW / 1000 + 400 * 86_400,
      },
    ]);
  });

  it('caps a cooldown of an older version once, so that it ends, and keeps the counts', async () => {
    const calls = { '2026-11-20T12': { playlist: 3 } };
    const Item = {
      state_id: 'app#client-1',
      revision: 7,
      calls,
      full_at: '2026-11-20T12:00:00.000Z',
      cooldown: { until: '9999-12-31T23:59:59.000Z', reason: 'quota' },
    };
    await tables.client.send(new PutCommand({ TableName: TABLE, Item }));
    const end = { until: NOW + 3 * DAY_MS, reason: 'quota' };

    const limits = { deadlineAt: NOW + 9 * DAY_MS };
    const together = await Promise.all([1, 2, 3].map(() => store.read(limits)));
    now += DAY_MS;

    for (const state of [...together, await store.read(limits)]) {
      expect(state).toMatchObject({ revision: 8, cooldown: end });
      expect(Object.fromEntries(state.hours)).toEqual({ [NOW / 3_600_000]: { playlist: 3 } });
    }
  });

  it('says what to do about a row that it cannot read', async () => {
    const Item = { state_id: 'app#client-1', revision: 'seven' };
    await tables.client.send(new PutCommand({ TableName: TABLE, Item }));

    await expect(store.read(LIMITS)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('Delete the row') as unknown,
    });
  });

  it('is not waited for beyond the time of the run', async () => {
    await expect(store.read({ deadlineAt: NOW })).rejects.toMatchObject({
      code: 'RUN_OUT_OF_TIME',
    });
  });
});
