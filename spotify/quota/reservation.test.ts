import fc from 'fast-check';
import { addCalls, countCalls } from './ledger.ts';
import { MAX_AHEAD_MS, type Pace } from './pace.ts';
import {
  type Permit,
  type QuotaSettings,
  type Reservation,
  releaseCalls,
  reserveCalls,
} from './reservation.ts';
import { type AppFacts, EMPTY_STATE, type QuotaState } from './store.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const PACE = { burstCalls: 2, callsPerSecond: 1 };
const BUDGET = { dailyCalls: 100, reservedCalls: 10 };
const OPEN: QuotaSettings = { pace: undefined, budget: undefined };

type Case = Partial<Reservation> & { readonly state?: Partial<QuotaState> };

function reserve(
  { state = {}, ...reservation }: Case,
  settings: Partial<QuotaSettings> = { pace: PACE },
): readonly [QuotaState, readonly Permit[]] {
  return reserveCalls(
    { ...EMPTY_STATE, ...state },
    { count: 1, purpose: 'load', isAdmitted: false, deadlineAt: NOW + 10_000, ...reservation },
    { ...OPEN, ...settings, now: NOW },
  );
}

const startsMs = (...args: Parameters<typeof reserve>): number[] =>
  reserve(...args)[1].map(({ startAt }) => startAt - NOW);

function refusalOf(...args: Parameters<typeof reserve>): unknown {
  try {
    return reserve(...args);
  } catch (error) {
    return error;
  }
}

const spent = (count: number): Partial<QuotaState> => ({
  calls: addCalls({}, { at: NOW, count, purpose: 'load' }, NOW),
});

describe('calls that are reserved', () => {
  it('start at once where there is no pace', () => {
    expect(startsMs({ count: 3, state: { fullAt: NOW + 9_000 } }, {})).toEqual([0, 0, 0]);
  });

  it('follow the pace, fill its bucket and are counted', () => {
    const [next] = reserve({ count: 4 });

    expect(startsMs({ count: 4 })).toEqual([0, 0, 1_000, 2_000]);
    expect(next).toEqual({
      ...EMPTY_STATE,
      calls: { '2026-11-20T12': { load: 4 } },
      fullAt: NOW + 4_000,
    });
  });

  it('must all start before the time of the run is up', () => {
    expect(startsMs({ count: 4, deadlineAt: NOW + 2_001 })).toHaveLength(4);
    expect(refusalOf({ count: 4, deadlineAt: NOW + 2_000 })).toMatchObject({
      code: 'RUN_OUT_OF_TIME',
      retryAfterSeconds: undefined,
      facts: { calls_needed: 4 },
    });
  });

  it('must all start within five minutes, however long the run has', () => {
    const calls = 2 + MAX_AHEAD_MS / 1_000;
    const deadlineAt = NOW + 3_600_000;

    expect(startsMs({ count: calls - 1, deadlineAt }).at(-1)).toBe(MAX_AHEAD_MS - 1_000);
    expect(refusalOf({ count: calls, deadlineAt })).toMatchObject({ code: 'RUN_OUT_OF_TIME' });
  });

  it('are worth another try where they and the call before them fit after a pause', () => {
    const state = { fullAt: NOW + 2_000 };
    const refused = (ms: number, isAdmitted = false): unknown =>
      refusalOf({ count: 4, deadlineAt: NOW + ms, isAdmitted, state });

    expect(refused(3_001)).toMatchObject({ code: 'SPOTIFY_RATE_LIMITED', retryAfterSeconds: 1 });
    expect(refused(3_000)).toMatchObject({ code: 'RUN_OUT_OF_TIME' });
    expect(refused(3_001, true)).toMatchObject({ code: 'RUN_OUT_OF_TIME' });
  });

  it('are refused in a cooldown until it ends, whatever they are for', () => {
    const cooldown = { until: NOW + 1, reason: 'quota' as const };

    expect(refusalOf({ isAdmitted: true, state: { cooldown } })).toMatchObject({
      code: 'SPOTIFY_QUOTA_EXCEEDED',
      retryAfterSeconds: 1,
      message: expect.stringContaining('doctor --stage <stage> --clear-cooldown') as unknown,
    });
    expect(startsMs({ state: { cooldown: { ...cooldown, until: NOW } } })).toEqual([0]);
  });

  it('are refused where the budget has fewer left, unless the run was admitted', () => {
    const settings = { budget: BUDGET };

    expect(refusalOf({ count: 2, state: spent(89) }, settings)).toMatchObject({
      code: 'PLAYLIST_OVER_BUDGET',
      retryAfterSeconds: 25 * 3_600,
      facts: { calls_needed: 2, calls_left: 1 },
    });
    expect(refusalOf({ state: spent(90) }, settings)).toMatchObject({
      code: 'SPOTIFY_BUDGET_SPENT',
      facts: { calls_needed: 1, calls_left: 0 },
    });
    expect(refusalOf({ count: 91 }, settings)).toMatchObject({
      code: 'PLAYLIST_OVER_BUDGET',
      retryAfterSeconds: undefined,
      message: expect.stringContaining('raise SPOTIFY_DAILY_CALLS') as unknown,
    });
    expect(startsMs({ count: 2, state: spent(89), isAdmitted: true }, settings)).toHaveLength(2);
    expect(startsMs({ state: spent(90), purpose: 'history' }, settings)).toEqual([0]);
  });
});

describe('a run that ends', () => {
  const facts: Required<AppFacts> = {
    app_kind: 'A or B',
    playlist_api: 'tracks',
    page_limit: 50,
    announced: { authorized_at: '2026-05-24T12:00:00.000Z', days: 7 },
  };
  const [reserved, permits] = reserve({ count: 4, state: { facts, revision: 7 } });
  const release = (
    leftover: { readonly unused?: readonly Permit[]; readonly facts?: AppFacts },
    state = reserved,
  ): QuotaState =>
    releaseCalls(
      state,
      { unused: [], purpose: 'load', facts: {}, ...leftover },
      { ...OPEN, pace: PACE, now: NOW },
    );

  it('writes nothing where it has nothing to say', () => {
    expect(release({})).toBe(reserved);
    expect(release({ facts })).toBe(reserved);
    expect(release({ facts: { app_kind: 'C' } })).toBe(reserved);
  });

  it.each<AppFacts>([
    { playlist_api: 'items' },
    { page_limit: 25 },
    { announced: { ...facts.announced, days: 1 } },
    { app_kind: 'C', page_limit: 25 },
  ])('stores %j, and keeps what it did not learn', (learnt) => {
    expect(release({ facts: learnt })).toEqual({ ...reserved, facts: { ...facts, ...learnt } });
  });

  it('gives back to its hour and to the pace what it reserved and did not call', () => {
    expect(release({ unused: permits.slice(1) })).toEqual({
      ...reserved,
      calls: { '2026-11-20T12': { load: 1 } },
      fullAt: NOW + 1_000,
    });
  });

  it('gives nothing back to the pace where others have reserved since', () => {
    const [later] = reserve({ state: reserved });

    expect(release({ unused: permits.slice(1) }, later)).toMatchObject({
      calls: { '2026-11-20T12': { load: 2 } },
      fullAt: later.fullAt,
    });
  });
});

type Step = {
  readonly afterMs: number;
  readonly run: number;
  readonly count: number;
  readonly isEnd: boolean;
};
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    afterMs: fc.integer({ min: 0, max: 3_000 }),
    run: fc.nat(3),
    count: fc.integer({ min: 1, max: 12 }),
    isEnd: fc.boolean(),
  }),
  { maxLength: 40 },
);
const paces: fc.Arbitrary<Pace> = fc.record({
  burstCalls: fc.integer({ min: 1, max: 10 }),
  callsPerSecond: fc.constantFrom(0.3, 1, 5),
});

describe('runs that reserve, call and give back in any order', () => {
  it('never call above the pace, and the ledger counts what they called and hold', () => {
    fc.assert(
      fc.property(steps, paces, (asked, pace) => {
        let state = EMPTY_STATE;
        let now = NOW;
        const made: number[] = [];
        const held = new Map<number, readonly Permit[]>();
        const settings = { pace, budget: undefined };
        const callUntil = (run: number, at: number): void => {
          const all = held.get(run) ?? [];
          made.push(...all.filter(({ startAt }) => startAt <= at).map(({ startAt }) => startAt));
          held.set(
            run,
            all.filter(({ startAt }) => startAt > at),
          );
        };
        for (const { afterMs, count, isEnd, run } of asked) {
          now += afterMs;
          for (const each of held.keys()) callUntil(each, now);
          if (!isEnd) {
            const reservation = { count, purpose: 'load', isAdmitted: true } as const;
            try {
              const [next, granted] = reserveCalls(
                state,
                { ...reservation, deadlineAt: now + 60_000 },
                { ...settings, now },
              );
              state = next;
              held.set(run, [...(held.get(run) ?? []), ...granted]);
            } catch {
              // Refused: nothing was reserved.
            }
          } else {
            const unused = held.get(run) ?? [];
            held.delete(run);
            state = releaseCalls(
              state,
              { unused, purpose: 'load', facts: {} },
              { ...settings, now },
            );
          }
        }
        const pending = [...held.values()].flat();
        expect(countCalls(state.calls, now)).toBe(made.length + pending.length);
        const starts = [...made, ...pending.map(({ startAt }) => startAt)].sort((a, b) => a - b);
        const tooMany = starts.some((end, last) =>
          starts.slice(0, last + 1).some((start, first) => {
            const allowed = pace.burstCalls + ((end - start) / 1000) * pace.callsPerSecond;
            return last - first + 1 > allowed + 1e-6;
          }),
        );
        expect(tooMany).toBe(false);
      }),
      { numRuns: 500 },
    );
  });
});
