import { type Outcome, toOutcome } from './outcome.ts';
import { planRetryMs } from './retry-plan.ts';

const answer = (status: number, retryAfter?: string): Outcome =>
  toOutcome(
    {
      kind: 'response',
      status,
      body: '{"status":"loaded"}',
      headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter },
    },
    0,
  );
const FIRST = { attempt: 1, unreachableRows: 0, chance: 1 };

test('waits double up to eight seconds, with full jitter, and end after five attempts', () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) =>
    planRetryMs(answer(503), { ...FIRST, attempt, chance: 0.5 }),
  );

  expect(waits).toEqual([250, 500, 1_000, 2_000, undefined]);
});

test('Retry-After is obeyed exactly', () => {
  expect(planRetryMs(answer(503, '7'), FIRST)).toBe(7_000);
  expect(planRetryMs(answer(429, '120'), FIRST)).toBe(120_000);
});

test('a wait of more than two minutes is left to the next run', () => {
  expect(planRetryMs(answer(503, '121'), FIRST)).toBeUndefined();
});

test.each([200, 400, 403, 404, 409, 413, 405])('%d is not tried again', (status) => {
  expect(planRetryMs(answer(status), FIRST)).toBeUndefined();
});

test('once three rows in a row have not reached the endpoint, the rest are tried once each', () => {
  expect(planRetryMs(answer(503), { ...FIRST, unreachableRows: 3 })).toBeUndefined();
});
