/** What every store of the quota must do; each adapter's test runs it. */
import fc from 'fast-check';
import type { Clock } from '../../lib/clock.ts';
import { countCalls } from '../../spotify/quota/ledger.ts';
import { EMPTY_STATE, type QuotaState, type QuotaStore } from '../../spotify/quota/store.ts';
import { OLD_QUOTA_ROW, OLD_ROW_WRITTEN_AT } from './old-quota-row.ts';

type StoredQuota = {
  readonly open: (clientId: string, clock: Clock) => QuotaStore;
  /** The row of an app, past the program; undefined where there is none. */
  readonly row: (clientId: string) => Promise<object | undefined>;
  /** Puts this there as the row of an app. */
  readonly replace: (clientId: string, row: object) => Promise<void>;
  readonly empty: () => Promise<void>;
  readonly close: () => Promise<void>;
};

const NOW = Date.UTC(2026, 10, 20, 12);
const LIMITS = { deadlineAt: NOW + 20_000 };
const DAY_MS = 86_400_000;

const moment = fc.integer({ min: 0, max: 4_102_444_800_000 });
const cooldownEnd = fc.integer({ min: 0, max: NOW + 3 * DAY_MS });
const hourName = fc.integer({ min: 0, max: 99 }).map((hours) => {
  return new Date(NOW + hours * 3_600_000).toISOString().slice(0, 13);
});
const states: fc.Arbitrary<QuotaState> = fc.record(
  {
    revision: fc.constant(0),
    cooldown: fc.record({
      until: cooldownEnd,
      reason: fc.constantFrom('quota' as const, 'rate-limit' as const),
    }),
    calls: fc.dictionary(
      hourName,
      fc.dictionary(
        fc.constantFrom('load', 'history', 'playlist', 'of-a-later-version'),
        fc.nat(900),
      ),
      { maxKeys: 25, noNullPrototype: true },
    ),
    fullAt: moment,
    facts: fc.record(
      {
        app_kind: fc.constantFrom('A or B' as const, 'C' as const),
        playlist_api: fc.constantFrom('items' as const, 'tracks' as const),
        page_limit: fc.constantFrom(50, 25),
        announced: fc.record({
          authorized_at: fc.constant('2026-05-20T12:00:00.000Z'),
          days: fc.constantFrom(30, 7, 1),
        }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['revision', 'calls', 'fullAt', 'facts'] },
);

export function describeQuotaStore(name: string, setUp: () => Promise<StoredQuota>): void {
  describe(`the quota in ${name}`, () => {
    /** Set back to `NOW` after each test. */
    let now = NOW;
    const clock = { now: () => now, random: () => 0.5, sleep: () => Promise.resolve() };
    let stored: StoredQuota;
    let store: QuotaStore;

    beforeAll(async () => {
      stored = await setUp();
      store = stored.open('client-1', clock);
    });
    afterEach(async () => {
      now = NOW;
      await stored.empty();
    });
    afterAll(() => stored.close());

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
      const other = stored.open('client-2', clock);
      await store.write({ ...EMPTY_STATE, fullAt: NOW }, 0, LIMITS);

      expect((await other.read(LIMITS)).revision).toBe(0);
    });

    it('stays readable for people, and says when nothing of it counts any more', async () => {
      const calls = { '2026-11-20T12': { load: 3 } };
      await store.write({ ...EMPTY_STATE, calls, fullAt: NOW }, 0, LIMITS);

      expect(await stored.row('client-1')).toEqual({
        revision: 1,
        calls,
        full_at: '2026-11-20T12:00:00.000Z',
        expires_at: NOW / 1000 + 400 * 86_400,
      });
    });

    it('reads a row of the version before, with its calls, its cooldown and its facts, and writes it in the new form', async () => {
      await stored.replace('client-1', OLD_QUOTA_ROW);
      now = OLD_ROW_WRITTEN_AT;
      const limits = { deadlineAt: now + 20_000 };

      const state = await store.read(limits);

      expect(countCalls(state.calls, now)).toBe(10);
      expect(state).toEqual({
        revision: 9,
        calls: OLD_QUOTA_ROW.calls,
        fullAt: Date.parse(OLD_QUOTA_ROW.full_at),
        cooldown: { until: Date.parse(OLD_QUOTA_ROW.cooldown.until), reason: 'quota' },
        facts: { app_kind: 'C', playlist_api: 'items' },
      });
      expect(await store.write(state, 9, limits)).toBe(true);
      const row = (await stored.row('client-1')) ?? {};
      expect(row).toMatchObject({
        revision: 10,
        calls: OLD_QUOTA_ROW.calls,
        cooldown: OLD_QUOTA_ROW.cooldown,
      });
      expect(Object.keys(row)).not.toContain('lane');
    });

    it('caps a cooldown of an older version by when it was stored, so that it ends', async () => {
      const cooldown = { until: '9999-12-31T23:59:59.000Z', reason: 'quota' };
      const expires_at = NOW / 1000 + 400 * 86_400;
      await stored.replace('client-1', { ...OLD_QUOTA_ROW, cooldown, expires_at });

      for (const days of [0, 1, 2]) {
        now = NOW + days * DAY_MS;
        const state = await store.read({ deadlineAt: now + 20_000 });
        expect(state.cooldown).toEqual({ until: NOW + 3 * DAY_MS, reason: 'quota' });
        expect(state.calls).toEqual(OLD_QUOTA_ROW.calls);
      }
    });

    it('says what to do about a row that it cannot read', async () => {
      await stored.replace('client-1', { revision: 1, calls: 'seven' });

      await expect(store.read(LIMITS)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('Delete it') as unknown,
      });
    });

    it('is not waited for beyond the time of the run', async () => {
      await expect(store.read({ deadlineAt: NOW })).rejects.toMatchObject({
        code: 'RUN_OUT_OF_TIME',
      });
    });
  });
}
