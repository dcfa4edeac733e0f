import fc from 'fast-check';
import { planNext } from './next-step.ts';
import { toOutcome } from './outcome.ts';

const DAY_MS = 86_400_000;
const STARTED_AT = Date.UTC(2026, 10, 30);

const outcomeOf = (kind: string, status: number, retryAfter?: number) =>
  toOutcome(
    {
      status,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      body: JSON.stringify({ kind, code: 'CODE', detail: 'Detail.' }),
    },
    STARTED_AT,
  );

const at = (ranMs = 0) => ({ startedAt: STARTED_AT, now: STARTED_AT + ranMs });

it.each([
  ['final', 404, undefined, 'settle'],
  ['later', 502, undefined, 'settle'],
  // A row's own time is not waited for: others would wait too.
  ['later', 502, 30, 'settle'],
  ['later', 503, 7_200, 'settle'],
  ['stop', 503, undefined, 'stop'],
  ['stop', 403, undefined, 'stop'],
  ['stop', 503, 1, 'wait'],
  ['stop', 503, 79_892, 'wait'],
] as const)(
  'a problem of kind %s, %i, Retry-After %s: %s',
  (...[kind, status, retryAfter, next]) => {
    expect(planNext(outcomeOf(kind, status, retryAfter), at())).toMatchObject({ next });
  },
);

it('a summary settles', () => {
  const answer = { status: 200, headers: {}, body: '{"status":"loaded","message":"m"}' };
  expect(planNext(toOutcome(answer, STARTED_AT), at())).toEqual({
    next: 'settle',
    wait_seconds: 0,
  });
});

it('waits exactly as long as it is asked to, and never until more than 14 days after the start', () => {
  fc.assert(
    fc.property(
      // A longer one is capped.
      fc.integer({ min: 1, max: 3 * 86_400 }),
      fc.integer({ min: 0, max: 15 * DAY_MS }),
      (seconds, ranMs) => {
        const step = planNext(outcomeOf('stop', 503, seconds), at(ranMs));
        const isInTime = ranMs + seconds * 1000 < 14 * DAY_MS;
        expect(step).toEqual(
          isInTime ? { next: 'wait', wait_seconds: seconds } : { next: 'stop', wait_seconds: 0 },
        );
      },
    ),
  );
});
