import fc from 'fast-check';
import { parseRetryAfterMs } from '../lib/retry-after.ts';
import {
  type Answer,
  countFailures,
  type Outcome,
  parseRecorded,
  planRetryMs,
  toOutcome,
} from './outcome.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

const respond = (status: number, body: object | string = {}, headers = {}): Answer => ({
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const problem = (kind: string, status: number, headers = {}): Answer =>
  respond(
    status,
    { status, kind, code: 'SOME_CODE', detail: 'About it.', run_id: 'run-1' },
    headers,
  );
const after = (seconds: number) => ({ 'retry-after': String(seconds) });

test('a summary is recorded with status, code, message, run, counts and time', () => {
  const body = {
    status: 'loaded',
    message: 'Road Trip: 57 items.',
    run_id: 'run-1',
    playlist_name: 'Road Trip',
    counts: { items: 57 },
  };

  expect(toOutcome(respond(200, body), NOW)).toEqual({
    verdict: 'done',
    isTransient: false,
    isShared: false,
    response: {
      status: 200,
      code: 'loaded',
      message: 'Road Trip: 57 items.',
      run_id: 'run-1',
      counts: { items: 57 },
      time: '2026-11-20T12:00:00.000Z',
    },
  });
});

test.each([
  [200, 'later', true],
  [202, 'later', false],
  [204, 'later', true],
  [400, 'stop', false],
  [403, 'stop', false],
  [404, 'stop', false],
  [409, 'stop', false],
  [413, 'stop', false],
  [401, 'stop', false],
  [405, 'later', false],
  [304, 'later', false],
  [408, 'later', true],
  [429, 'later', true],
  [500, 'later', true],
  [502, 'later', true],
  [503, 'later', true],
  [504, 'later', true],
])('%d with nothing said means %s', (status, verdict, isTransient) => {
  expect(toOutcome(respond(status, ''), NOW)).toMatchObject({ verdict, isTransient });
});

const ROW = { isShared: false };
const ALL = { isShared: true };

test.each([
  ['final', 403, {}, { verdict: 'failed', isTransient: false }],
  ['final', 503, {}, { verdict: 'failed', isTransient: false }],
  ['later', 409, {}, { verdict: 'later', isTransient: false, ...ROW }],
  ['later', 502, {}, { verdict: 'later', isTransient: true, ...ROW }],
  ['later', 503, {}, { verdict: 'later', isTransient: false, ...ROW }],
  ['later', 503, after(2), { verdict: 'later', isTransient: true, retryAfterMs: 2_000, ...ROW }],
  ['later', 503, after(7_200), { verdict: 'later', retryAfterMs: 7_200_000, ...ROW }],
  ['stop', 403, {}, { verdict: 'stop', isTransient: false, ...ALL }],
  ['stop', 503, after(120), { verdict: 'later', isTransient: true, retryAfterMs: 120_000, ...ALL }],
  ['stop', 429, after(121), { verdict: 'stop', retryAfterMs: 121_000, ...ALL }],
])('a problem of kind %s with %d and %j', (...[kind, status, headers, expected]) => {
  expect(toOutcome(problem(kind, status, headers), NOW)).toMatchObject({
    ...expected,
    response: { status, code: 'SOME_CODE', message: 'About it.', run_id: 'run-1' },
  });
});

test('whatever a problem without a kind says, it is never final', () => {
  const status = fc.integer({ min: 300, max: 599 });
  const kind = fc.constantFrom(undefined, null, 'FINAL', 'fatal', 1);
  const headers = fc.constantFrom({}, after(1), after(7_200));
  fc.assert(
    fc.property(status, kind, headers, (code, unknownKind, retryAfter) => {
      const body = { code: 'PLAYLIST_NOT_FOUND', detail: 'x', kind: unknownKind };
      const { verdict } = toOutcome(respond(code, body, retryAfter), NOW);
      expect(['later', 'stop']).toContain(verdict);
    }),
  );
});

test('a run that goes on after its answer is asked about by a later run', () => {
  const body = { state: 'running', run_id: 'run-1' };
  const headers = { ...after(30), location: '/runs/run-1' };

  expect(toOutcome(respond(202, body, headers), NOW)).toMatchObject({
    verdict: 'later',
    isTransient: false,
    isShared: false,
    response: { status: 202, code: 'running', run_id: 'run-1' },
  });
});

test('what API Gateway or a wrong address answers is no verdict on a playlist', () => {
  const gateway = respond(
    403,
    { message: 'Missing Authentication Token' },
    { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
  );
  const website = respond(404, '<html>', { 'content-type': 'text/html; charset=utf-8' });

  expect(toOutcome(gateway, NOW)).toMatchObject({
    verdict: 'stop',
    response: { code: 'HTTP_403', message: 'Missing Authentication Token' },
  });
  expect(toOutcome(website, NOW)).toMatchObject({ verdict: 'stop' });
});

test.each([
  [404, { message: 'Not Found' }],
  [403, { message: 'Forbidden' }],
  [404, '404 page not found'],
  [400, 'Client sent an HTTP request to an HTTPS server.'],
])('%d with %j of some other server ends the start and leaves the row', (status, body) => {
  expect(toOutcome(respond(status, body), NOW)).toMatchObject({ verdict: 'stop' });
});

test.each([
  '<html>hello</html>',
  '[1]',
  '"text"',
  '{"status":',
  '',
  '{"ok":true}',
  '{"status":200}',
])('200 with %p is not the API, and to be tried again', (body) => {
  expect(toOutcome(respond(200, body), NOW)).toMatchObject({
    verdict: 'later',
    isTransient: true,
    response: { status: 200, code: 'NOT_THE_API' },
  });
});

test('a message is one line of bounded length, without control characters', () => {
  const body = { status: 'loaded', message: `a\r\nb\u001b[31m\u2028${'x'.repeat(9_999)}` };

  const { message } = toOutcome(respond(200, body), NOW).response;

  expect(message).toMatch(/^a b x+…$/);
  expect(message).toHaveLength(500);
});

test.each([
  ['UNREACHABLE', 'later', true],
  ['TIMEOUT', 'later', true],
  ['BODY_TOO_LARGE', 'later', true],
  ['REDIRECT_REFUSED', 'stop', false],
  ['SIGNING_FAILED', 'stop', false],
] as const)('%s means %s', (code, verdict, isTransient) => {
  expect(
    toOutcome({ status: null, headers: {}, body: JSON.stringify({ code, message: 'why' }) }, NOW),
  ).toMatchObject({
    verdict,
    isTransient,
    response: { status: null, code, message: 'why' },
  });
});

test.each([
  ['2', 2_000],
  ['0', 0],
  ['Fri, 20 Nov 2026 12:00:30 GMT', 30_000],
  ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
  ['soon', undefined],
  ['-5', undefined],
  ['1.5', undefined],
  [undefined, undefined],
])('Retry-After %p asks for %p ms', (header, expected) => {
  expect(parseRetryAfterMs(header ?? null, NOW)).toBe(expected);
});

const answer = (status: number, seconds?: number) =>
  toOutcome(
    respond(status, '{"status":"loaded"}', seconds === undefined ? {} : after(seconds)),
    NOW,
  );

test('waits double up to eight seconds, with full jitter, and end after five attempts', () => {
  const waits = [1, 2, 3, 4, 5].map((attempt) => planRetryMs(answer(503), attempt, 0.5));

  expect(waits).toEqual([250, 500, 1_000, 2_000, undefined]);
});

test('Retry-After is obeyed exactly', () => {
  expect(planRetryMs(answer(503, 7), 1, 1)).toBe(7_000);
  expect(planRetryMs(answer(429, 120), 1, 1)).toBe(120_000);
});

test('a wait of more than two minutes is left to the next run', () => {
  expect(planRetryMs(answer(503, 121), 1, 1)).toBeUndefined();
});

test.each([200, 400, 403, 404, 409, 413, 405])('%d is not tried again', (status) => {
  expect(planRetryMs(answer(status), 1, 1)).toBeUndefined();
});

test.each([
  ['{"status":200,"code":"loaded"}', 'success'],
  ['{"status":202}', 'success'],
  ['{"status":404}', 'failure'],
  ['{"status":null}', 'failure'],
  ['by hand', 'unknown'],
  ['', 'unknown'],
])('the cell %p records: %s', (cell, expected) => {
  expect(parseRecorded(cell)).toBe(expected);
});

const unexplained = (code: string, status = 502): Answer =>
  respond(status, { status, kind: 'later', code, detail: 'A defect.' });

/** The outcomes of runs that get these answers one after another. */
function runs(...answers: Answer[]): Outcome[] {
  let cell = '';
  return answers.map((each) => {
    const outcome = countFailures(toOutcome(each, NOW), cell);
    cell = JSON.stringify(outcome.response);
    return outcome;
  });
}

test('a row that failed the same unexplained way in three runs is set aside with its reason', () => {
  const answers = Array.from({ length: 4 }, () => unexplained('SPOTIFY_RESPONSE_INVALID'));

  const [first, second, third, fourth] = runs(...answers);

  expect(first).toMatchObject({ verdict: 'later', response: { failures: 1, kind: 'later' } });
  expect(second).toMatchObject({ verdict: 'later', response: { failures: 2 } });
  expect(third).toMatchObject({
    verdict: 'failed',
    response: {
      kind: 'final',
      failures: 3,
      message: 'A defect. It failed the same way 3 times; --retry-failed asks again.',
    },
  });
  expect(fourth?.response.message).toBe(
    'A defect. It failed the same way 4 times; --retry-failed asks again.',
  );
});

test('another failure, or a success in between, begins the count again', () => {
  const odd = unexplained('SPOTIFY_RESPONSE_INVALID');
  const outcomes = runs(odd, odd, unexplained('INTERNAL', 500), odd, odd, respond(200, {}), odd);

  expect(outcomes.map(({ response }) => response.failures)).toEqual([1, 2, 1, 1, 2, undefined, 1]);
});

test('what explains itself, or is not the API, is never counted', () => {
  const explained = [
    problem('later', 503, after(60)),
    respond(502, { kind: 'later', code: 'SPOTIFY_UNAVAILABLE', detail: 'x' }),
    respond(502, { code: 'INTERNAL', message: 'of another server' }),
    respond(504, '<html>'),
  ];
  for (const each of explained) {
    const all = runs(...Array.from({ length: 9 }, () => each));
    expect(all.map(({ verdict }) => verdict)).not.toContain('failed');
  }
});
