import { parseRetryAfterMs } from '../lib/retry-after.ts';
import { type Answer, toOutcome } from './outcome.ts';

const NOW = Date.UTC(2026, 10, 20, 12);

const respond = (status: number, body: object | string = {}, headers = {}): Answer => ({
  kind: 'response',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

const problem = (status: number, code: string, headers = {}): Answer =>
  respond(status, { status, code, detail: `About ${code}.`, run_id: 'run-1' }, headers);

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
    playlistName: 'Road Trip',
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
  [202, 'later', true],
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

test.each([
  [400, 'INVALID_PLAYLIST_URI', 'failed'],
  [403, 'PLAYLIST_NOT_READABLE', 'failed'],
  [404, 'PLAYLIST_NOT_FOUND', 'failed'],
  [413, 'PLAYLIST_TOO_LARGE', 'failed'],
  [409, 'PLAYLIST_KEEPS_CHANGING', 'failed'],
  [403, 'APP_NOT_PERMITTED', 'stop'],
  [403, 'SCOPE_MISSING', 'stop'],
  [500, 'CONFIG_INVALID', 'stop'],
  [403, 'CALLER_NOT_PERMITTED', 'stop'],
  [429, 'KEY_QUOTA_EXCEEDED', 'stop'],
  [500, 'LOAD_INCOMPLETE', 'later'],
  [503, 'SPOTIFY_QUOTA_EXCEEDED', 'stop'],
  [503, 'REAUTH_REQUIRED', 'stop'],
  [503, 'SPOTIFY_RATE_LIMITED', 'later'],
])('the problem %d %s means %s', (status, code, verdict) => {
  expect(toOutcome(problem(status, code), NOW)).toMatchObject({
    verdict,
    response: { status, code, message: `About ${code}.`, run_id: 'run-1' },
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

  expect(message).toMatch(/^a b \[31m x+…$/);
  expect(message).toHaveLength(500);
});

test.each([
  ['UNREACHABLE', 'later', true],
  ['TIMEOUT', 'later', true],
  ['BODY_TOO_LARGE', 'later', true],
  ['REDIRECT_REFUSED', 'stop', false],
  ['SIGNING_FAILED', 'stop', false],
] as const)('%s means %s', (code, verdict, isTransient) => {
  expect(toOutcome({ kind: 'failure', code, message: 'why' }, NOW)).toMatchObject({
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

test('a playlist that is too large for what is left of the budget is left for later, and asks nobody else to wait', () => {
  const waiting = { 'retry-after': '7200' };

  expect(toOutcome(problem(503, 'PLAYLIST_OVER_BUDGET', waiting), NOW)).toEqual(
    expect.objectContaining({ verdict: 'later', isTransient: false }),
  );
  expect(toOutcome(problem(503, 'PLAYLIST_OVER_BUDGET', waiting), NOW)).not.toHaveProperty(
    'retryAfterMs',
  );
  expect(toOutcome(problem(503, 'SPOTIFY_BUDGET_SPENT', waiting), NOW)).toMatchObject({
    verdict: 'stop',
    retryAfterMs: 7_200_000,
  });
});
