import fc from 'fast-check';
import { giveBackCalls, MAX_AHEAD_MS, type Pace, scheduleCalls } from './pace.ts';

const NOW = Date.UTC(2026, 10, 20, 12);
const pace: fc.Arbitrary<Pace> = fc.record({
  burstCalls: fc.integer({ min: 1, max: 100 }),
  callsPerSecond: fc.constantFrom(0.25, 0.5, 1, 2, 8),
});
/** Blocks of calls asked for, each so long after the one before. */
const blocks = fc.array(
  fc.record({
    count: fc.integer({ min: 0, max: 80 }),
    laterMs: fc.integer({ min: 0, max: 90_000 }),
  }),
  { maxLength: 12 },
);

describe('the pace', () => {
  it('lets a burst go at once, then one call a second', () => {
    const { startsAt } = scheduleCalls(
      { burstCalls: 60, callsPerSecond: 1 },
      { count: 63, fullAt: 0, now: NOW },
    );

    expect(startsAt.map((at) => at - NOW)).toEqual([
      ...Array<number>(60).fill(0),
      1000,
      2000,
      3000,
    ]);
  });

  it('starts in any stretch of time no more than the burst and what the rate adds, in whatever blocks calls are asked for', () => {
    fc.assert(
      fc.property(pace, blocks, (set, asked) => {
        const starts: number[] = [];
        let fullAt = 0;
        let now = NOW;
        for (const { count, laterMs } of asked) {
          now += laterMs;
          const schedule = scheduleCalls(set, { count, fullAt, now });
          // As reservations are refused.
          if ((schedule.startsAt.at(-1) ?? now) >= now + MAX_AHEAD_MS) continue;
          starts.push(...schedule.startsAt);
          ({ fullAt } = schedule);
        }
        expect(starts).toEqual([...starts].sort((one, other) => one - other));
        const tooMany = starts.some((end, last) =>
          starts.slice(0, last + 1).some((start, first) => {
            const allowed = set.burstCalls + ((end - start) / 1000) * set.callsPerSecond;
            return last - first + 1 > allowed + 1e-6;
          }),
        );
        expect(tooMany).toBe(false);
      }),
    );
  });

  it('is not waited for where none is set, whatever was stored before', () => {
    const schedule = scheduleCalls(undefined, { count: 2, fullAt: NOW + 9_000, now: NOW });

    expect(schedule).toEqual({ startsAt: [NOW, NOW], fullAt: NOW + 9_000 });
  });

  it('takes a bucket that only a wrong clock can have filled for empty', () => {
    const set = { burstCalls: 2, callsPerSecond: 1 };
    const startMs = (fullMs: number): number[] =>
      scheduleCalls(set, { count: 2, fullAt: NOW + fullMs, now: NOW }).startsAt.map(
        (at) => at - NOW,
      );

    expect(startMs(2_000 + MAX_AHEAD_MS)).toEqual([MAX_AHEAD_MS + 1_000, MAX_AHEAD_MS + 2_000]);
    expect(startMs(2_001 + MAX_AHEAD_MS)).toEqual([1_000, 2_000]);
  });

  it('is as it was once calls that were not made are given back', () => {
    fc.assert(
      fc.property(pace, fc.integer({ min: 0, max: 200 }), (set, count) => {
        const before = NOW + 1_000;
        const { fullAt } = scheduleCalls(set, { count, fullAt: before, now: NOW });
        // Rounded up to the millisecond, twice.
        expect(giveBackCalls(set, fullAt, count) - before).toBeGreaterThanOrEqual(0);
        expect(giveBackCalls(set, fullAt, count) - before).toBeLessThanOrEqual(2);
      }),
    );
  });
});
