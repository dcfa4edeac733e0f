/** What no start of the command in test/doctor.test.ts shows: limits, rare combinations, and every examination there can be. */
import fc from 'fast-check';
import type { Examination } from '../../app/examine.ts';
import type { SpotifyFindings } from '../../app/examine-spotify.ts';
import type { LoginState } from '../../app/login.ts';
import { EtlError } from '../../etl/errors.ts';
import type { Result } from '../../lib/result.ts';
import { ERROR_CODES } from '../../test/support/error-codes.ts';
import type { Checks, Verdict } from './check.ts';
import { loginChecks } from './login-checks.ts';
import type { LoginPlace } from './login-place.ts';
import { checkLines } from './report.ts';
import { judgeClock, spotifyChecks } from './spotify-checks.ts';
import { judgeTables, quotaChecks } from './state-checks.ts';

const LOG_IN = 'npx spotify-etl login';
const CLEAR = 'npx spotify-etl doctor --stage dev --clear-cooldown';
const AT: LoginPlace = { logIn: LOG_IN, place: '.local/spotify-login.json' };
const LOGIN: LoginState = {
  client_id: 'app',
  user_id: 'anna',
  daysLeft: 180,
  scopes: ['playlist-read-private', 'playlist-read-collaborative'],
};
const RAW = { ...LOGIN, daysLeft: undefined, scopes: [] };

const good = <Value>(value: Value): Result<Value> => ({ ok: true, value });
const bad = (error: unknown): { ok: false; error: unknown } => ({ ok: false, error });
const refusedWith = (code: ConstructorParameters<typeof EtlError>[0], message = 'No.') =>
  bad(new EtlError(code, message));

const say = ({ fix, message, status }: Verdict): string =>
  `${status}: ${message}${fix === undefined ? '' : ` → ${fix}`}`;
const sayOf = (checks: Checks, name: string): string | undefined => {
  const verdict = checks[name];
  return verdict && say(verdict);
};

const findings = (but: Partial<SpotifyFindings> = {}): Result<SpotifyFindings> =>
  good({
    secret: undefined,
    token: good(true),
    lists: good(301),
    own: good({ name: 'Mine', isReadable: true }),
    others: good({ name: 'Theirs', isReadable: false }),
    appKind: 'C',
    clockSkewMs: 0,
    ...but,
  });

describe('the login', () => {
  const checksOf = (
    state: Partial<LoginState>,
    at: Partial<LoginPlace> = {},
    spotify?: Examination['spotify'],
  ): Checks =>
    loginChecks(
      { clientId: 'app', login: good({ ...LOGIN, ...state }), spotify },
      { ...AT, ...at },
    );

  test.each<[string, Parameters<typeof checksOf>, string]>([
    ['of an unnamed user', [{ user_id: undefined, daysLeft: 31 }], 'ok: Logged in, in '],
    ['ending in a month', [{ daysLeft: 30 }], `30 days left. → Run ${LOG_IN} before it ends.`],
    ['ending tomorrow', [{ daysLeft: 1 }], ' 1 day left.'],
    [
      'that is a raw token, refused now',
      [RAW, {}, findings({ token: refusedWith('REAUTH_REQUIRED') })],
      `→ Unset SPOTIFY_REFRESH_TOKEN and run ${LOG_IN}`,
    ],
    ['that is a raw token', [RAW], 'warning: The token in SPOTIFY_REFRESH_TOKEN is used. Nobody'],
    ['of the simulator', [RAW, { isSimulated: true }], 'ok: The login of the simulated Spotify'],
  ])('%s', (_what, args, words) => {
    expect(sayOf(checksOf(...args), 'login')).toContain(words);
  });

  test('a login of an older version is in order, and learns how to read Liked Songs and plays', () => {
    expect(sayOf(checksOf({}), 'scopes')).toBe(
      `ok: playlist-read-private, playlist-read-collaborative. To read Liked Songs too (user-library-read), run ${LOG_IN}. For the listening history (user-read-recently-played), run ${LOG_IN} --for listening. To sync playlists (playlist-modify-public, playlist-modify-private), run ${LOG_IN} --for sync`,
    );
    const likes = [...LOGIN.scopes, 'user-library-read'];
    expect(sayOf(checksOf({ scopes: likes }), 'scopes')).toBe(
      `ok: ${likes.join(', ')}. For the listening history (user-read-recently-played), run ${LOG_IN} --for listening. To sync playlists (playlist-modify-public, playlist-modify-private), run ${LOG_IN} --for sync`,
    );
    const writing = ['playlist-modify-public', 'playlist-modify-private'];
    const all = [...likes, 'user-read-recently-played', ...writing];
    expect(sayOf(checksOf({ scopes: all }), 'scopes')).toBe(`ok: ${all.join(', ')}.`);
  });

  test('a raw token does not say which scopes it has', () => {
    expect(sayOf(checksOf(RAW, {}, findings()), 'scopes')).toMatch(/^unknown: .*does not say/);
  });
});

describe('what Spotify says', () => {
  const checksOf = (
    spotify: Examination['spotify'],
    login: Result<LoginState | undefined> = good(LOGIN),
  ): Checks => spotifyChecks({ spotify, login }, LOG_IN);
  const refused = refusedWith('APP_NOT_PERMITTED', 'Not permitted.');
  const down = refusedWith('SPOTIFY_UNAVAILABLE', 'Spotify answered 502. Nothing was written.');

  test.each([
    [refusedWith('PLAYLIST_OVER_BUDGET'), 'unknown: Skipped: the budget has too few'],
    [refusedWith('SPOTIFY_RATE_LIMITED', 'Too fast.'), 'unknown: Skipped. Too fast.'],
  ])('is not known if the quota refused the calls: %#', (spotify, why) => {
    for (const name of Object.keys(checksOf(spotify))) {
      expect(sayOf(checksOf(spotify), name)).toContain(why);
    }
  });

  const UNNAMED = { ...LOGIN, user_id: undefined };
  const withheld = good({ name: 'X', isReadable: false });

  test.each<[string, Partial<SpotifyFindings>, LoginState, string]>([
    [
      'client secret',
      { secret: refused, token: refused },
      LOGIN,
      'fault: Not permitted. → Correct SPOTIFY_CLIENT_SECRET: the login was made with it.',
    ],
    ['app', { secret: refused, token: refused }, LOGIN, 'unknown: '],
    ['app', { token: refused, lists: undefined }, LOGIN, 'fault: Not permitted. → Fix'],
    ['app kind', { appKind: undefined }, LOGIN, 'unknown: Not known yet'],
    ['playlists', { lists: down }, LOGIN, 'unknown: Skipped'],
    ['own playlists', { own: undefined }, LOGIN, "unknown: 301 in the user's library; none"],
    ['own playlists', { own: down }, LOGIN, 'fault: Spotify answered 502. →'],
    [
      'own playlists',
      { own: withheld },
      LOGIN,
      'fault: Spotify does not serve the items of X. → Log',
    ],
    [
      'own playlists',
      { own: withheld },
      UNNAMED,
      'unknown: Spotify does not serve the items of X; wh',
    ],
    ["others' playlists", { others: down }, LOGIN, 'unknown: Spotify answered 502.'],
    ["others' playlists", {}, UNNAMED, 'unknown: Unknown without'],
  ])('%s of %j', (...[name, but, login, words]) => {
    expect(sayOf(checksOf(findings(but), good(login)), name)).toContain(words);
  });

  test.each([
    [undefined, 'unknown: Spotify sent no time.'],
    [29_999, "ok: Within half a minute of Spotify's."],
    [30_000, "warning: 30 s ahead of Spotify's. → Set it"],
    [-299_999, "warning: 300 s behind Spotify's."],
    [300_000, "fault: 300 s ahead of Spotify's: AWS refuses"],
  ])('the clock that is %p ms ahead', (clockSkewMs, words) => {
    expect(say(judgeClock({ clockSkewMs }))).toContain(words);
  });
});

describe('the quota', () => {
  type Examined = Pick<Examination, 'cleared' | 'usage'>;
  const usage = (left: number | undefined, spent = 0): Examined => ({
    usage: good({ spent, left, cooldown: undefined }),
    cleared: undefined,
  });
  const cooling = (reason: 'quota' | 'rate-limit'): Examined => ({
    usage: good({ spent: 0, left: 9, cooldown: { until: Date.UTC(2026, 10, 21), reason } }),
    cleared: undefined,
  });

  test.each<[Examined, string, string]>([
    [usage(undefined), 'quota', 'ok: 0 calls in the last 24 hours; no budget is set.'],
    [usage(5, 1), 'quota', 'ok: 1 call in the last 24 hours, 5 left for loads.'],
    [cooling('rate-limit'), 'cooldown', 'calls came too fast. → Wait:'],
    [{ ...cooling('quota'), cleared: bad(new Error('No.')) }, 'cooldown', 'not be cleared: No. →'],
  ])('%j: %s', (examined, name, words) => {
    expect(sayOf(quotaChecks(examined, CLEAR), name)).toContain(words);
  });
});

test('of tables of which some are missing, those are named', () => {
  const missing = Object.assign(new Error('x'), { name: 'ResourceNotFoundException' });
  const tables = new Map<string, Result<void>>([
    ['t0', good(undefined)],
    ['t1', bad(missing)],
  ]);

  expect(say(judgeTables({ tables }, { stage: 'dev', dynamodb: { region: 'eu-west-1' } }))).toMatch(
    /^fault: 1 of 2 cannot be used: t1\. → There are no tables of stage dev at eu-west-1/,
  );
});

describe('every examination', () => {
  const causes = fc
    .tuple(
      fc.constantFrom('Error', 'CredentialsProviderError', 'ResourceNotFoundException'),
      fc.constantFrom('', 'ECONNREFUSED', 'ETIMEDOUT'),
    )
    .map(([name, code]) =>
      Object.assign(new Error('Bearer canary-token'), { name, code, token: 'canary' }),
    );
  const errors = fc.oneof(
    fc
      .tuple(fc.constantFrom(...ERROR_CODES), causes)
      .map(([code, cause]) => new EtlError(code, 'Refused.', { cause })),
    causes.map((cause) => new Error('Something else.', { cause })),
    fc.constant(undefined),
  );
  const found = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Result<Value>> =>
    fc.oneof(values.map(good), errors.map(bad));
  const optional = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
    fc.option(values, { nil: undefined });
  const tried = fc.record({ name: fc.string({ unit: 'binary' }), isReadable: fc.boolean() });
  const cooldowns = optional(
    fc.record({ until: fc.nat(), reason: fc.constantFrom('quota', 'rate-limit') }),
  );
  const examinations: fc.Arbitrary<Examination> = fc.record({
    clientId: fc.constant('app'),
    login: found(
      optional(
        fc.record({
          client_id: fc.constantFrom('app', 'other'),
          user_id: optional(fc.string()),
          daysLeft: optional(fc.nat(200)),
          scopes: fc.subarray(LOGIN.scopes),
          refused_at: optional(fc.constant('2026-11-20')),
        }),
      ),
    ),
    usage: found(
      fc.record({
        spent: fc.nat(),
        left: optional(fc.nat()),
        cooldown: cooldowns,
      }),
    ),
    cleared: optional(found(cooldowns)),
    tables: fc
      .array(fc.tuple(fc.string(), found(fc.constant(undefined))))
      .map((tables) => new Map(tables)),
    spotify: optional(
      found(
        fc.record({
          token: found(fc.constant(true)),
          secret: optional(found(fc.constant(true))),
          lists: optional(found(fc.nat())),
          own: optional(found(tried)),
          others: optional(found(tried)),
          appKind: fc.constantFrom('A or B', 'C', undefined),
          clockSkewMs: optional(fc.integer()),
        }),
      ),
    ),
    requests: fc.nat(5),
  });

  test('is reported, with a fix if one is needed, and no cause is quoted', () => {
    fc.assert(
      fc.property(
        examinations,
        optional(fc.nat(200)),
        fc.record({ isSimulated: fc.boolean(), unusedFile: optional(fc.constant('a.json')) }),
        (examination, columns, at) => {
          const checks: Checks = {
            ...loginChecks(examination, { ...AT, ...at }),
            ...quotaChecks(examination, CLEAR),
            ...spotifyChecks(examination, LOG_IN),
            tables: judgeTables(examination, { stage: 'dev', dynamodb: {} }),
          };
          const lines = checkLines(checks, columns);
          const text = [...lines, JSON.stringify(checks)].join('\n');

          expect(text).not.toContain('canary');
          expect(lines.join('')).not.toMatch(/\p{Cc}/u);
          for (const { fix, status } of Object.values(checks).filter((one) => one !== undefined)) {
            expect(fix !== undefined).toBe(status === 'fault' || status === 'warning');
          }
        },
      ),
    );
  });
});
