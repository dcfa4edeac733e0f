import fc from 'fast-check';
import { type Calls, type HourlyCalls } from './gate-state.ts';
import { addCalls, callsLeft, callsOfDay, leftAt, negativeOf, toHour, totalOf } from './ledger.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NOON = Date.UTC(2026, 10, 20, 12);
const BUDGET = { dailyCalls: 900, reservedCalls: 50 };
const INGEST = { budget: BUDGET, isListening: false };
const NOTHING: HourlyCalls = new Map();

const calls: fc.Arbitrary<Calls> = fc
  .array(
    fc.tuple(
      fc.constantFrom(
        'playlist',
        'playlist-items',
        'my-playlists',
        'recently-played',
        'of-a-later-version',
      ),
      fc.integer({ min: 1, max: 300 }),
    ),
    {
      maxLength: 3,
    },
  )
  .map(Object.fromEntries);
/** Calls made over three days, in order. */
const history = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 3 * DAY_MS }), calls), { maxLength: 30 })
  .map((made) => made.sort(([one], [other]) => one - other));

function record(made: readonly (readonly [number, Calls])[]): HourlyCalls {
  return made.reduce((hours, [ms, leased]) => {
    const now = NOON + ms;
    return addCalls(hours, leased, { hour: toHour(now), now });
  }, NOTHING);
}

describe('the ledger', () => {
  it('counts every call of the last 24 hours, and none of more than an hour before that', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: DAY_MS }), (made, laterMs) => {
        const now = NOON + (made.at(-1)?.[0] ?? 0) + laterMs;
        const sumSince = (since: number): number =>
          made
            .filter(([ms]) => NOON + ms > since)
            .reduce((sum, [, leased]) => sum + totalOf(leased), 0);
        const counted = totalOf(callsOfDay(record(made), now));

        expect(counted).toBeGreaterThanOrEqual(sumSince(now - DAY_MS));
        expect(counted).toBeLessThanOrEqual(sumSince(now - DAY_MS - HOUR_MS));
      }),
    );
  });

  it('keeps no more than 25 hours, however long it is used', () => {
    fc.assert(
      fc.property(history, (made) => {
        expect(record(made).size).toBeLessThanOrEqual(25);
      }),
    );
  });

  it('takes back what was given back, and never counts below nothing', () => {
    fc.assert(
      fc.property(calls, calls, (one, other) => {
        const at = { hour: toHour(NOON), now: NOON };
        const both = addCalls(addCalls(NOTHING, one, at), other, at);

        expect(totalOf(callsOfDay(addCalls(both, negativeOf(other), at), NOON))).toBe(totalOf(one));
        expect(totalOf(callsOfDay(addCalls(NOTHING, negativeOf(one), at), NOON))).toBe(0);
      }),
    );
  });

  it('leaves the reserve to the listening history, which uses it up by its own calls', () => {
    const left = (hours: HourlyCalls): [number, number] => [
      callsLeft(hours, NOON, INGEST),
      callsLeft(hours, NOON, { ...INGEST, isListening: true }),
    ];
    const at = { hour: toHour(NOON), now: NOON };

    expect(left(NOTHING)).toEqual([850, 900]);
    expect(left(addCalls(NOTHING, { playlist: 850 }, at))).toEqual([0, 50]);
    expect(left(addCalls(NOTHING, { 'recently-played': 20 }, at))).toEqual([850, 880]);
    expect(left(addCalls(NOTHING, { 'recently-played': 80 }, at))).toEqual([820, 820]);
    expect(left(addCalls(NOTHING, { playlist: 2_000 }, at))).toEqual([0, 0]);
  });

  it('says the first moment at which there will be enough, or that no day has that many', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 1, max: 1_000 }), (made, needed) => {
        const now = NOON + 3 * DAY_MS;
        const hours = record(made);
        const freeAt = leftAt(hours, { needed, now }, INGEST);

        if (freeAt === undefined) {
          expect(needed).toBeGreaterThan(850);
          return;
        }
        expect(callsLeft(hours, freeAt, INGEST)).toBeGreaterThanOrEqual(needed);
        if (freeAt > now) expect(callsLeft(hours, freeAt - 1, INGEST)).toBeLessThan(needed);
      }),
    );
  });

  it('says that moment to the call, whatever order the hours are kept in', () => {
    const hour = toHour(NOON);
    const hours: HourlyCalls = new Map([
      [hour, { playlist: 300 }],
      [hour - 10, { playlist: 200 }],
      [hour - 5, { playlist: 350 }],
    ]);
    const freeAt = (needed: number): number | undefined =>
      leftAt(hours, { needed, now: NOON }, INGEST);

    expect(freeAt(0)).toBe(NOON);
    expect(freeAt(1)).toBe((hour + 15) * HOUR_MS);
    expect(freeAt(200)).toBe((hour + 15) * HOUR_MS);
    expect(freeAt(201)).toBe((hour + 20) * HOUR_MS);
    expect(freeAt(550)).toBe((hour + 20) * HOUR_MS);
    expect(freeAt(850)).toBe((hour + 25) * HOUR_MS);
    expect(freeAt(851)).toBeUndefined();
  });
});
