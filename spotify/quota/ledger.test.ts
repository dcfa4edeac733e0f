import fc from 'fast-check';
import { addCalls, callsLeft, countCalls, leftAt, type Purpose } from './ledger.ts';
import type { HourlyCalls } from './store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.UTC(2026, 10, 20, 12);
const BUDGET = { dailyCalls: 900, reservedCalls: 50 };
const LOAD = { budget: BUDGET, purpose: 'load' as const };
const HISTORY = { budget: BUDGET, purpose: 'history' as const };
const NOTHING: HourlyCalls = {};
/** The row's name of the hour that is so many after noon. */
const hourName = (hours: number): string =>
  new Date(NOON + hours * HOUR_MS).toISOString().slice(0, 13);

type Made = { readonly at: number; readonly count: number; readonly purpose: Purpose };

const counts = fc.record({
  count: fc.integer({ min: 1, max: 300 }),
  purpose: fc.constantFrom<Purpose[]>('load', 'history'),
});
/** Calls made over three days, in order. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 * DAY_MS }), counts), { maxLength: 30 })
  .map((made) => made.map(([ms, calls]): Made => ({ at: NOON + ms, ...calls })))
  .map((made) => made.sort((one, other) => one.at - other.at));

function record(made: readonly Made[]): HourlyCalls {
  return made.reduce((calls, one) => addCalls(calls, one, one.at), NOTHING);
}

describe('the ledger', () => {
  it('counts every call of the last 24 hours, and none of more than an hour before that', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: DAY_MS }), (made, laterMs) => {
        const now = (made.at(-1)?.at ?? NOON) + laterMs;
        const sumSince = (since: number): number =>
          made.filter(({ at }) => at > since).reduce((sum, { count }) => sum + count, 0);
        const counted = countCalls(record(made), now);

        expect(counted).toBeGreaterThanOrEqual(sumSince(now - DAY_MS));
        expect(counted).toBeLessThanOrEqual(sumSince(now - DAY_MS - HOUR_MS));
      }),
    );
  });

  it('keeps no more than 25 hours, however long it is used', () => {
    fc.assert(
      fc.property(history, (made) => {
        expect(Object.keys(record(made)).length).toBeLessThanOrEqual(25);
      }),
    );
  });

  it('takes back what was given back, and never counts below nothing', () => {
    fc.assert(
      fc.property(counts, counts, (one, other) => {
        const back = { ...other, at: NOON, count: -other.count };
        const both = record([
          { ...one, at: NOON },
          { ...other, at: NOON },
        ]);

        expect(countCalls(addCalls(both, back, NOON + HOUR_MS), NOON + HOUR_MS)).toBe(one.count);
        expect(countCalls(addCalls(NOTHING, back, NOON), NOON)).toBe(0);
      }),
    );
  });

  it('counts what older versions stored by endpoint, and what later ones may store', () => {
    const calls = { [hourName(0)]: { playlist: 3, 'playlist-items': 40, 'of-a-later-version': 2 } };

    expect(countCalls(record([{ at: NOON, count: 5, purpose: 'load' }]), NOON)).toBe(5);
    expect(countCalls(addCalls(calls, { at: NOON, count: 5, purpose: 'load' }, NOON), NOON)).toBe(
      50,
    );
  });

  it('leaves the reserve to the listening history, which uses it up by its own calls', () => {
    const left = (calls: HourlyCalls): [number, number] => [
      callsLeft(calls, NOON, LOAD),
      callsLeft(calls, NOON, HISTORY),
    ];
    const after = (purpose: Purpose, count: number): [number, number] =>
      left(addCalls(NOTHING, { at: NOON, count, purpose }, NOON));

    expect(left(NOTHING)).toEqual([850, 900]);
    expect(after('load', 850)).toEqual([0, 50]);
    expect(after('history', 20)).toEqual([850, 880]);
    expect(after('history', 80)).toEqual([820, 820]);
    expect(after('load', 2_000)).toEqual([0, 0]);
  });

  it('says the first moment at which there will be enough, or that no day has that many', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 1_000 }), (made, needed) => {
        const now = NOON + 3 * DAY_MS;
        const calls = record(made);
        const freeAt = leftAt(calls, { needed, now }, LOAD);

        if (freeAt === undefined) {
          expect(needed).toBeGreaterThan(850);
          return;
        }
        expect(callsLeft(calls, freeAt, LOAD)).toBeGreaterThanOrEqual(needed);
        if (freeAt > now) expect(callsLeft(calls, freeAt - 1, LOAD)).toBeLessThan(needed);
      }),
    );
  });

  it('says that moment to the call, whatever order the hours are kept in', () => {
    const calls: HourlyCalls = {
      [hourName(0)]: { load: 300 },
      [hourName(-10)]: { load: 200 },
      [hourName(-5)]: { load: 350 },
    };
    const freeAt = (needed: number): number | undefined => {
      const at = leftAt(calls, { needed, now: NOON }, LOAD);
      return at === undefined ? undefined : (at - NOON) / HOUR_MS;
    };

    expect([0, 1, 200, 201, 550, 850, 851].map(freeAt)).toEqual([0, 15, 15, 20, 20, 25, undefined]);
  });
});
