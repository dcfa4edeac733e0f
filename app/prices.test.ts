import fc from 'fast-check';
import { type PaidUse, PRICES, runCostUsd } from './prices.ts';

const NOTHING: PaidUse = { readUnits: 0, writeUnits: 0, durationMs: 0, memoryMb: 512 };

const halves = fc.nat({ max: 2_000_000 }).map((count) => count / 2);
const uses = fc.record({
  readUnits: halves,
  writeUnits: halves,
  durationMs: fc.nat({ max: 900_000 }),
  memoryMb: fc.integer({ min: 128, max: 10_240 }),
});

describe('what a run costs', () => {
  it('is the call and the request where nothing else was used', () => {
    expect(runCostUsd(NOTHING)).toBe(0.000004);
  });

  it.each<[string, Partial<PaidUse>, number]>([
    ['a million write units', { writeUnits: 1e6 }, 0.625],
    ['a million read units', { readUnits: 1e6 }, 0.125],
    ['a million seconds of 1 GB', { durationMs: 1e9, memoryMb: 1024 }, 13.3334],
    ['a million seconds of half a GB', { durationMs: 1e9, memoryMb: 512 }, 6.6667],
  ])('adds for %s what AWS lists', (_what, use, usd) => {
    expect(runCostUsd({ ...NOTHING, ...use })).toBeCloseTo(usd + 0.0000037, 5);
  });

  it('is what AWS lists for calls and requests, of a million runs', () => {
    expect(runCostUsd(NOTHING, 1e6)).toBe(3.5 + 0.2);
  });

  it('is never less than nothing, not even where a clock was set back', () => {
    fc.assert(
      fc.property(uses, fc.integer({ min: -1e9, max: 0 }), (use, durationMs) => {
        const cost = runCostUsd({ ...use, durationMs });
        expect(cost).toBeGreaterThan(0);
        expect(cost).toBe(runCostUsd({ ...use, durationMs: 0 }));
      }),
    );
  });

  it('grows with everything that is used', () => {
    fc.assert(
      fc.property(uses, uses, (one, other) => {
        const memoryMb = one.memoryMb;
        const both: PaidUse = {
          memoryMb,
          readUnits: one.readUnits + other.readUnits,
          writeUnits: one.writeUnits + other.writeUnits,
          durationMs: one.durationMs + other.durationMs,
        };
        const apart = runCostUsd(one) + runCostUsd({ ...other, memoryMb }) - runCostUsd(NOTHING);
        expect(runCostUsd(both)).toBeGreaterThanOrEqual(runCostUsd(one));
        // Each of the three is rounded to the nearest millionth.
        expect(Math.abs(runCostUsd(both) - apart)).toBeLessThan(2.1e-6);
      }),
    );
  });

  it('is written as people write money: no exponent, at most six decimals', () => {
    fc.assert(
      fc.property(uses, (use) => {
        expect(JSON.stringify(runCostUsd(use))).toMatch(/^\d+(\.\d{1,6})?$/);
      }),
    );
  });

  it('says of which day the prices are', () => {
    expect(PRICES.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });
});
