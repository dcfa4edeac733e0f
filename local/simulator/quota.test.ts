import fc from 'fast-check';
import { createQuotaGate } from './quota.ts';
import { createSeededRandom } from './seeded-random.ts';

const HOUR_MS = 3_600_000;

describe('the quota', () => {
  it('allows its calls, then refuses for 13 to 24 hours', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(1000), (quota, seed) => {
        const gate = createQuotaGate(() => 0, createSeededRandom(seed));
        for (let call = 0; call < quota; call += 1)
          expect(gate.refuseSeconds(quota)).toBeUndefined();
        const seconds = gate.refuseSeconds(quota);
        expect(seconds).toBeGreaterThanOrEqual(13 * 3600);
        expect(seconds).toBeLessThanOrEqual(24 * 3600);
      }),
    );
  });

  it('names the rest of the wait to a caller who comes too early', () => {
    let nowMs = 0;
    const gate = createQuotaGate(() => nowMs, createSeededRandom(1));
    const seconds = gate.refuseSeconds(0) ?? 0;
    nowMs = HOUR_MS;
    expect(gate.refuseSeconds(0)).toBe(seconds - 3600);
  });

  it('gives the whole quota back to a caller who waited as told', () => {
    let nowMs = 0;
    const gate = createQuotaGate(() => nowMs, createSeededRandom(1));
    gate.refuseSeconds(1);
    nowMs = (gate.refuseSeconds(1) ?? 0) * 1000;
    expect(gate.refuseSeconds(1)).toBeUndefined();
    expect(gate.refuseSeconds(1)).toBeDefined();
  });

  it('forgets a call after a day', () => {
    let nowMs = 0;
    const gate = createQuotaGate(() => nowMs, createSeededRandom(1));
    gate.refuseSeconds(1);
    nowMs = 24 * HOUR_MS;
    expect(gate.refuseSeconds(1)).toBeUndefined();
  });
});
