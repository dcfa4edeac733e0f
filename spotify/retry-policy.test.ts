import fc from 'fast-check';
import {
  ATTEMPT_TIMEOUT_MS,
  isQuotaExceeded,
  isUnauthorised,
  MAX_RETRY_AFTER_MS,
  planRetryMs,
  REQUEST_BUDGET_MS,
} from './retry-policy.ts';
import type { Failure } from './transport.ts';

function status(code: number, more: Partial<Extract<Failure, { kind: 'status' }>> = {}): Failure {
  return {
    kind: 'status',
    status: code,
    message: '',
    reason: undefined,
    retryAfterMs: undefined,
    ...more,
  };
}

const FIRST = { attempt: 1, leftMs: REQUEST_BUDGET_MS, chance: 0.5 };
const QUOTA = status(429, { reason: 'QUOTA_EXCEEDED', retryAfterMs: 1_000 });

const failures = fc.oneof(
  fc.constantFrom<Failure>(
    { kind: 'network', cause: undefined },
    { kind: 'timeout', cause: undefined },
    { kind: 'not-json', status: 200 },
    { kind: 'too-large' },
  ),
  fc
    .tuple(
      fc.constantFrom(400, 401, 403, 404, 429, 500, 502, 503, 504),
      fc.option(fc.nat(100_000), { nil: undefined }),
    )
    .map(([code, retryAfterMs]) => status(code, { retryAfterMs })),
);
const states = fc.record({
  attempt: fc.integer({ min: 1, max: 6 }),
  leftMs: fc.integer({ min: -1_000, max: 30_000 }),
  chance: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
});

describe('planRetryMs', () => {
  it.each<[string, Failure, number | undefined]>([
    ['a network fault', { kind: 'network', cause: undefined }, 125],
    ['a time-out', { kind: 'timeout', cause: undefined }, 125],
    ['a body that is no JSON', { kind: 'not-json', status: 200 }, 125],
    ['a web page', { kind: 'intercepted', status: 200, what: 'a web page (200)' }, 125],
    ['a redirect', { kind: 'intercepted', status: 302, what: 'a redirect (302)' }, undefined],
    ['a body that is too large', { kind: 'too-large' }, undefined],
    ['500', status(500), 125],
    ['502', status(502), 125],
    ['503', status(503), 125],
    ['504', status(504), 125],
    ['503 that asks for a second', status(503, { retryAfterMs: 1_000 }), 1_000],
    ['429 that does not say how long', status(429), 125],
    ['429 that asks for two seconds', status(429, { retryAfterMs: 2_000 }), 2_000],
    ['429 that asks for no wait', status(429, { retryAfterMs: 0 }), 125],
    ['503 that asks for no wait', status(503, { retryAfterMs: 0 }), 125],
    ['429 that asks for the longest wait there is', status(429, { retryAfterMs: 10_000 }), 10_000],
    ['429 that asks for a little more', status(429, { retryAfterMs: 10_001 }), undefined],
    ['429 that asks for a day', status(429, { retryAfterMs: 86_400_000 }), undefined],
    ['a used-up quota, however short the wait', QUOTA, undefined],
    ['302', status(302), undefined],
    ['400', status(400), undefined],
    ['401', status(401), undefined],
    ['403', status(403), undefined],
    ['404', status(404), undefined],
  ])('after %s', (_failure, failure, delayMs) => {
    expect(planRetryMs(failure, FIRST)).toBe(delayMs);
  });

  it('doubles the longest wait from attempt to attempt and gives up after the fourth', () => {
    const waits = [1, 2, 3, 4].map((attempt) => planRetryMs(status(500), { ...FIRST, attempt }));

    expect(waits).toEqual([125, 250, 500, undefined]);
  });

  it('spreads the waits over the whole range', () => {
    const longest = { ...FIRST, attempt: 3, chance: 0.999 };

    expect(planRetryMs(status(500), { ...longest, chance: 0 })).toBe(0);
    expect(planRetryMs(status(500), longest)).toBeCloseTo(999);
  });

  it('waits as long as a short Retry-After asks, and no less than without one', () => {
    fc.assert(
      fc.property(states, fc.nat(MAX_RETRY_AFTER_MS), (state, retryAfterMs) => {
        const backOffMs = planRetryMs(status(429), { ...state, leftMs: REQUEST_BUDGET_MS });
        const wanted = Math.max(retryAfterMs, backOffMs ?? 0);
        const hasTime = state.attempt < 4 && wanted < state.leftMs;

        const planned = planRetryMs(status(429, { retryAfterMs }), state);

        expect(planned).toBe(hasTime ? wanted : undefined);
      }),
    );
  });

  it('gives up where the time would be up at the end of the wait', () => {
    const asked = status(429, { retryAfterMs: 2_000 });

    expect(planRetryMs(asked, { ...FIRST, leftMs: 2_001 })).toBe(2_000);
    expect(planRetryMs(asked, { ...FIRST, leftMs: 2_000 })).toBeUndefined();
  });

  it('never waits beyond the time left, never longer than the longest wait, never below zero', () => {
    fc.assert(
      fc.property(failures, states, (failure, state) => {
        const planned = planRetryMs(failure, state);
        if (planned === undefined) return;
        expect(planned).toBeGreaterThanOrEqual(0);
        expect(planned).toBeLessThan(state.leftMs);
        expect(planned).toBeLessThanOrEqual(MAX_RETRY_AFTER_MS);
      }),
    );
  });

  it('leaves time for a second attempt after one that ran to its time-out', () => {
    expect(ATTEMPT_TIMEOUT_MS * 2).toBeLessThan(REQUEST_BUDGET_MS);
  });
});

describe('isQuotaExceeded', () => {
  it('goes by the reason of a 429, not by how long it asks to wait', () => {
    expect(isQuotaExceeded(QUOTA)).toBe(true);
    expect(isQuotaExceeded(status(429, { retryAfterMs: 48_925_000 }))).toBe(false);
    expect(isQuotaExceeded(status(403, { reason: 'QUOTA_EXCEEDED' }))).toBe(false);
    expect(isQuotaExceeded({ kind: 'timeout', cause: undefined })).toBe(false);
  });
});

describe('isUnauthorised', () => {
  it('is so of a 401 alone', () => {
    expect(isUnauthorised(status(401))).toBe(true);
    expect(isUnauthorised(status(403))).toBe(false);
    // A body that is no JSON has a status too, and says nothing of the token.
    expect(isUnauthorised({ kind: 'not-json', status: 401 })).toBe(false);
  });
});
