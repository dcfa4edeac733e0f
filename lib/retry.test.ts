import fc from 'fast-check';
import { backoffMs, retry } from './retry.ts';

const sleeps: number[] = [];
const clock = {
  now: () => 0,
  random: () => 0,
  sleep: (ms: number) => {
    sleeps.push(ms);
    return Promise.resolve();
  },
};
beforeEach(() => {
  sleeps.length = 0;
});

test('waits as planned and returns the first success', async () => {
  const planDelayMs = (_: Error, attempt: number) => attempt * 10;
  const result = await retry(
    (attempt) =>
      attempt < 4 ? Promise.reject(new Error(`attempt ${attempt}`)) : Promise.resolve(attempt),
    { clock, planDelayMs },
  );
  expect(result).toBe(4);
  expect(sleeps).toEqual([10, 20, 30]);
});

test('throws the last error when the plan gives up', async () => {
  const failing = (attempt: number) => Promise.reject(new Error(`attempt ${attempt}`));
  const planDelayMs = (_: Error, attempt: number) => (attempt < 3 ? 1 : undefined);
  await expect(retry(failing, { clock, planDelayMs })).rejects.toThrow('attempt 3');
});

test('never retries a defect', async () => {
  const defect = () => Promise.reject(new TypeError('x is not a function'));
  await expect(retry(defect, { clock, planDelayMs: () => 1 })).rejects.toThrow(TypeError);
  expect(sleeps).toEqual([]);
});

test('begins no attempt after an abort, and throws its reason', async () => {
  const controller = new AbortController();
  let attempts = 0;
  const failing = () => {
    attempts += 1;
    controller.abort(new Error('stopped'));
    return Promise.reject(new Error('failed'));
  };
  const options = { clock, planDelayMs: () => 1, signal: controller.signal };
  await expect(retry(failing, options)).rejects.toThrow('stopped');
  expect(attempts).toBe(1);
});

test('a wait is at least 0 and below the doubled base and the cap', () => {
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), chance, (attempt, dice) => {
      const waitMs = backoffMs(attempt, { chance: dice, baseMs: 50, maxMs: 2_000 });
      expect(waitMs).toBeGreaterThanOrEqual(0);
      expect(waitMs).toBeLessThanOrEqual(Math.min(2_000, 50 * 2 ** (attempt - 1)));
    }),
  );
});
