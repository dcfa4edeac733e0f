import fc from 'fast-check';
import { isInvalidLimit, isPlainRefusal, toPlaylistError, toTokenError } from './errors.ts';
import type { Failure } from './transport.ts';

const ID = '3cEYpjA9oz9GiPac4AsH4n';
const SPOTIFY_MADE_ID = '37i9dQZEVXcQ9COmYvdajy';
const CONTEXT = { playlistId: ID, hasUser: true };
const INTERCEPTED: Failure = { kind: 'intercepted', status: 302, what: 'a redirect (302)' };
const NOT_ALLOW_LISTED =
  'The user is not registered for this application. Please check your settings on https://developer.spotify.com/dashboard.';
const NO_PREMIUM = 'Active premium subscription required for the owner of the app.';

function status(
  code: number,
  message = '',
  more: { reason?: string; retryAfterMs?: number } = {},
): Failure {
  return {
    kind: 'status',
    status: code,
    message,
    reason: more.reason,
    retryAfterMs: more.retryAfterMs,
  };
}

describe('a failed call about a playlist', () => {
  it.each<[string, Failure, string]>([
    ['400 without words', status(400), 'SPOTIFY_RESPONSE_INVALID'],
    ['400 Invalid limit', status(400, 'Invalid limit'), 'SPOTIFY_RESPONSE_INVALID'],
    ['400 Invalid offset', status(400, 'Invalid offset'), 'SPOTIFY_RESPONSE_INVALID'],
    ['400 Invalid client id', status(400, 'Invalid client id'), 'SPOTIFY_RESPONSE_INVALID'],
    [
      '400 Unsupported URL / URI.',
      status(400, 'Unsupported URL / URI.'),
      'SPOTIFY_RESPONSE_INVALID',
    ],
    ['400 Invalid base62 id', status(400, 'Invalid base62 id'), 'PLAYLIST_NOT_FOUND'],
    ['400 Invalid playlist Id', status(400, 'Invalid playlist Id'), 'PLAYLIST_NOT_FOUND'],
    ['500 Invalid base62 id', status(500, 'Invalid base62 id'), 'SPOTIFY_UNAVAILABLE'],
    ['409', status(409), 'SPOTIFY_RESPONSE_INVALID'],
    ['410', status(410, 'Gone'), 'PLAYLIST_NOT_FOUND'],
    ['451', status(451), 'PLAYLIST_NOT_FOUND'],
    ['a redirect', INTERCEPTED, 'SPOTIFY_UNAVAILABLE'],
    ['401 twice', status(401, 'Access token missing'), 'SPOTIFY_UNAVAILABLE'],
    ['403 Forbidden', status(403, 'Forbidden'), 'PLAYLIST_NOT_READABLE'],
    ['403 without words', status(403), 'PLAYLIST_NOT_READABLE'],
    ['403 for want of Premium', status(403, NO_PREMIUM), 'APP_NOT_PERMITTED'],
    ['403 for an account not on the list', status(403, NOT_ALLOW_LISTED), 'APP_NOT_PERMITTED'],
    [
      '403 for the same, in plain text',
      status(403, 'User not registered in the Developer Dashboard'),
      'APP_NOT_PERMITTED',
    ],
    ['403 for want of a scope', status(403, 'Insufficient client scope'), 'SCOPE_MISSING'],
    ['404 Resource not found', status(404, 'Resource not found'), 'PLAYLIST_NOT_FOUND'],
    ['404 Not found.', status(404, 'Not found.'), 'PLAYLIST_NOT_FOUND'],
    ['429', status(429, 'Too many requests', { retryAfterMs: 30_000 }), 'SPOTIFY_RATE_LIMITED'],
    ['429 by quota', status(429, 'x', { reason: 'QUOTA_EXCEEDED' }), 'SPOTIFY_QUOTA_EXCEEDED'],
    ['500', status(500), 'SPOTIFY_UNAVAILABLE'],
    ['502 Bad gateway.', status(502, 'Bad gateway.'), 'SPOTIFY_UNAVAILABLE'],
    ['503', status(503), 'SPOTIFY_UNAVAILABLE'],
    ['504', status(504), 'SPOTIFY_UNAVAILABLE'],
    ['a network fault', { kind: 'network', cause: undefined }, 'SPOTIFY_UNAVAILABLE'],
    ['a time-out', { kind: 'timeout', cause: undefined }, 'SPOTIFY_UNAVAILABLE'],
    ['the run out of time', { kind: 'out-of-time' }, 'RUN_OUT_OF_TIME'],
    ['200 without JSON', { kind: 'not-json', status: 200 }, 'SPOTIFY_RESPONSE_INVALID'],
    ['a body that is too large', { kind: 'too-large' }, 'SPOTIFY_RESPONSE_INVALID'],
  ])('with %s', (_answer, failure, code) => {
    expect(toPlaylistError(failure, CONTEXT)).toMatchObject({ code });
  });

  it.each([403, 404])('that Spotify makes itself is told so by its ID, with %d', (code) => {
    const error = toPlaylistError(status(code, 'Resource not found'), {
      ...CONTEXT,
      playlistId: SPOTIFY_MADE_ID,
    });

    expect(error).toMatchObject({ code: 'SPOTIFY_MADE_PLAYLIST' });
  });

  it.each<[string, Failure, number]>([
    ['as long as Spotify asks', status(429, '', { retryAfterMs: 48_925_000 }), 48_925],
    ['the next full second', status(429, '', { retryAfterMs: 1_200 }), 2],
    ['a minute where Spotify does not say', status(429), 60],
    ['an hour where a quota does not say', status(429, '', { reason: 'QUOTA_EXCEEDED' }), 3_600],
    ['a minute after 5xx', status(503), 60],
    ['as long as a 5xx asks', status(503, '', { retryAfterMs: 120_000 }), 120],
  ])('tells to wait %s', (_rule, failure, retryAfterSeconds) => {
    expect(toPlaylistError(failure, CONTEXT).retryAfterSeconds).toBe(retryAfterSeconds);
  });

  it('tells an app without a user that it needs one, and one with a user about its account', () => {
    const [forUser, forApp] = [true, false].map(
      (hasUser) => toPlaylistError(status(403, 'Forbidden'), { ...CONTEXT, hasUser }).message,
    );

    expect(forUser).toMatch(/account that logged in/);
    expect(forApp).toMatch(/need a user's login.*npx spotify-etl login/);
    expect(forApp).not.toMatch(/that logged in|collaborator/);
  });

  it('tells no wait where waiting does not help', () => {
    for (const failure of [status(403), status(404), { kind: 'out-of-time' } as const]) {
      expect(toPlaylistError(failure, CONTEXT).retryAfterSeconds).toBeUndefined();
    }
  });

  it('keeps the cause of a network fault', () => {
    const cause = new Error('ECONNRESET');

    expect(toPlaylistError({ kind: 'network', cause }, CONTEXT).cause).toBe(cause);
  });

  it('has an error with something to do next, whatever came', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400, max: 599 }),
        fc.string(),
        fc.constantFrom(ID, SPOTIFY_MADE_ID),
        (code, message, playlistId) => {
          expect(
            toPlaylistError(status(code, message), { ...CONTEXT, playlistId }).message.length,
          ).toBeGreaterThan(20);
        },
      ),
    );
  });
});

describe('a failed token request', () => {
  it.each<[string, Failure, string]>([
    [
      'a wrong client ID',
      status(400, 'Invalid client', { reason: 'invalid_client' }),
      'APP_NOT_PERMITTED',
    ],
    [
      'a wrong secret',
      status(400, 'Invalid client secret', { reason: 'invalid_client' }),
      'APP_NOT_PERMITTED',
    ],
    ['invalid_client as 401', status(401, '', { reason: 'invalid_client' }), 'APP_NOT_PERMITTED'],
    [
      'a token over six months',
      status(400, 'Refresh token expired', { reason: 'invalid_grant' }),
      'REAUTH_REQUIRED',
    ],
    [
      'a token revoked',
      status(400, 'Refresh token revoked', { reason: 'invalid_grant' }),
      'REAUTH_REQUIRED',
    ],
    [
      'a token malformed',
      status(400, 'Invalid refresh token', { reason: 'invalid_grant' }),
      'REAUTH_REQUIRED',
    ],
    ['429', status(429), 'SPOTIFY_RATE_LIMITED'],
    ['403 without a reason of OAuth', status(403, 'Forbidden'), 'SPOTIFY_RESPONSE_INVALID'],
    ['a redirect', INTERCEPTED, 'SPOTIFY_UNAVAILABLE'],
    ['500', status(500), 'SPOTIFY_UNAVAILABLE'],
    ['503', status(503), 'SPOTIFY_UNAVAILABLE'],
    ['a time-out', { kind: 'timeout', cause: undefined }, 'SPOTIFY_UNAVAILABLE'],
    ['the run out of time', { kind: 'out-of-time' }, 'RUN_OUT_OF_TIME'],
    ['200 without JSON', { kind: 'not-json', status: 200 }, 'SPOTIFY_RESPONSE_INVALID'],
    ['a body that is too large', { kind: 'too-large' }, 'SPOTIFY_RESPONSE_INVALID'],
  ])('with %s', (_answer, failure, code) => {
    expect(toTokenError(failure)).toMatchObject({ code });
  });

  it('goes by the name of the fault, never by its words', () => {
    const failure = status(400, 'invalid_grant: Refresh token expired', {
      reason: 'invalid_client',
    });

    expect(toTokenError(failure)).toMatchObject({ code: 'APP_NOT_PERMITTED' });
  });

  it('tells no wait where only a new login helps', () => {
    const failure = status(400, '', { reason: 'invalid_grant' });

    expect(toTokenError(failure).retryAfterSeconds).toBeUndefined();
  });
});

describe('a refused listing', () => {
  it.each<[string, Failure, boolean]>([
    ['403 Forbidden', status(403, 'Forbidden'), true],
    ['404', status(404), true],
    ['401', status(401), false],
    ['403 for want of a scope', status(403, 'Insufficient client scope'), false],
    ['403 for want of Premium', status(403, NO_PREMIUM), false],
    ['403 for an account not on the list', status(403, NOT_ALLOW_LISTED), false],
    ['429', status(429), false],
    ['500', status(500), false],
    ['a time-out', { kind: 'timeout', cause: undefined }, false],
  ])('may answer under its other name after %s: %s', (_answer, failure, mayAnswer) => {
    expect(isPlainRefusal(failure)).toBe(mayAnswer);
  });

  it('was asked for too large a page where Spotify says so', () => {
    expect(isInvalidLimit(status(400, 'Invalid limit'))).toBe(true);
    expect(isInvalidLimit(status(400, 'Invalid base62 id'))).toBe(false);
    expect(isInvalidLimit(status(403, 'Invalid limit'))).toBe(false);
    expect(isInvalidLimit({ kind: 'timeout', cause: undefined })).toBe(false);
  });
});
