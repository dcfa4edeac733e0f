import fc from 'fast-check';
import type { Examination, Found, LoginState } from '../../app/examination.ts';
import { EtlError } from '../../etl/errors.ts';
import { ERROR_CODES } from '../../test/support/error-codes.ts';
import type { Check } from './check.ts';
import { clockCheck } from './clock-check.ts';
import { describeRefusal } from './error-words.ts';
import { type LoginPlace, loginChecks } from './login-checks.ts';
import { quotaChecks } from './quota-checks.ts';
import { checkLines, checksJson, verdictLine } from './report.ts';
import { spotifyChecks } from './spotify-checks.ts';
import { tableCheck } from './table-checks.ts';

const LOG_IN = 'npx spotify-etl login';
const CLEAR = 'npx spotify-etl doctor --stage dev --clear-cooldown';
const AT: LoginPlace = {
  logIn: LOG_IN,
  place: '.local/spotify-login.json',
  isSimulated: false,
  unusedFile: undefined,
};
const LOGIN: LoginState = {
  place: 'in the store',
  clientId: 'app',
  userId: 'anna',
  authorizedAt: '2026-11-20T00:00:00Z',
  daysLeft: 180,
  scopes: ['playlist-read-private', 'playlist-read-collaborative'],
  isBare: false,
};
const BARE = { ...LOGIN, authorizedAt: undefined, daysLeft: undefined, isBare: true, scopes: [] };

const good = <Value>(value: Value): Found<Value> => ({ ok: true, value });
const bad = (error: unknown): { ok: false; error: unknown } => ({ ok: false, error });

const say = ({ fix, message, status }: Check): string =>
  `${status}: ${message}${fix === undefined ? '' : ` → ${fix}`}`;
const sayOf = (checks: readonly Check[], name: string): string | undefined =>
  checks.filter((check) => check.name === name).map(say)[0];

type Spotify = Examination['spotify'];
type Findings = Extract<NonNullable<Spotify>, { ok: true }>['value'];
/** What is given as undefined is left out. */
type Change = { readonly [Name in keyof Findings]?: Findings[Name] | undefined };
const findings = (but: Change = {}): Found<Findings> => {
  const all = {
    token: good(true),
    lists: good(301),
    own: good({ name: 'Mine', isReadable: true }),
    foreign: good({ name: 'Theirs', isReadable: false }),
    appKind: 'C',
    clockSkewMs: 0,
    ...but,
  };
  const given = Object.entries(all).filter(([, value]) => value !== undefined);
  return good(Object.fromEntries(given) as Findings);
};

describe('the login', () => {
  const login = (state: Partial<LoginState>, at: Partial<LoginPlace> = {}, spotify?: Spotify) =>
    sayOf(
      loginChecks(
        { clientId: 'app', login: good({ ...LOGIN, ...state }), spotify },
        { ...AT, ...at },
      ),
      'login',
    );

  test.each<[string, Parameters<typeof login>, string]>([
    ['good for long', [{}], 'ok: Logged in as anna, in .local/spotify-login.json, 180 days left.'],
    ['of an unnamed user', [{ userId: undefined, daysLeft: 31 }], 'ok: Logged in, in '],
    ['ending in a month', [{ daysLeft: 30 }], `30 days left. → Run ${LOG_IN} before it ends.`],
    ['ending tomorrow', [{ daysLeft: 1 }], ' 1 day left.'],
    [
      'of another app',
      [{ clientId: 'other' }],
      'fault: The login in .local/spotify-login.json was',
    ],
    ['refused before', [{ refusedAt: '2026-11-19' }], 'since 2026-11-19: it is older'],
    [
      'refused now',
      [{}, {}, findings({ token: bad(new EtlError('REAUTH_REQUIRED', 'No.')) })],
      `or was revoked. → Run ${LOG_IN}`,
    ],
    [
      'given outright, refused now',
      [BARE, {}, findings({ token: bad(new EtlError('REAUTH_REQUIRED', 'No.')) })],
      `→ Unset SPOTIFY_REFRESH_TOKEN and run ${LOG_IN}`,
    ],
    ['given outright', [BARE], 'warning: The token in SPOTIFY_REFRESH_TOKEN counts. Nobody knows'],
    [
      'given outright beside a file',
      [BARE, { unusedFile: 'a.json' }],
      'counts, not the login in a.json. Nobody knows when it ends. → Unset SPOTIFY_REFRESH_TOKEN,',
    ],
    ['of the simulator', [BARE, { isSimulated: true }], 'ok: That of the simulated Spotify'],
  ])('%s', (_what, args, words) => {
    expect(login(...args)).toContain(words);
  });

  test.each<[string, Found<LoginState | undefined>, string]>([
    ['none', good(undefined), `none in .local/spotify-login.json. → Run ${LOG_IN}`],
    ['no login', bad(new EtlError('CONFIG_INVALID', 'Is none.')), 'Is none. → Mend that, or log'],
    [
      'no credentials',
      bad(
        new EtlError('CONFIG_INVALID', 'Refused.', {
          cause: Object.assign(new Error('canary'), { name: 'CredentialsProviderError' }),
        }),
      ),
      'There are no AWS credentials.',
    ],
    ['a thrown text', bad('text'), 'fault: text →'],
  ])('%s to be found, and nothing is said of scopes', (_what, found, words) => {
    const checks = loginChecks({ clientId: 'app', login: found, spotify: undefined }, AT);

    expect(checks.map(({ name }) => name)).toEqual(['login']);
    expect(sayOf(checks, 'login')).toContain(words);
  });

  test.each<[string, Partial<LoginState>, Spotify, string]>([
    ['all there', {}, undefined, 'ok: playlist-read-private, playlist-read-collaborative.'],
    [
      'one missing',
      { scopes: ['playlist-read-private'] },
      undefined,
      'fault: playlist-read-collaborative missing. → Run',
    ],
    ['of a token given outright', BARE, findings(), 'unknown: Of a refresh token'],
    [
      'refused by Spotify',
      BARE,
      findings({ lists: bad(new EtlError('SCOPE_MISSING', 'No.')) }),
      'fault: Spotify says that the login lacks one',
    ],
  ])('scopes: %s', (...[, state, spotify, words]) => {
    const checks = loginChecks(
      { clientId: 'app', login: good({ ...LOGIN, ...state }), spotify },
      AT,
    );

    expect(sayOf(checks, 'scopes')).toContain(words);
  });
});

describe('what Spotify says', () => {
  const checksOf = (
    spotify: Spotify,
    login: Found<LoginState | undefined> = good(LOGIN),
  ): Check[] => spotifyChecks({ spotify, login }, LOG_IN);
  const refused = new EtlError('APP_NOT_PERMITTED', 'Not permitted.');
  const down = new EtlError(
    'SPOTIFY_UNAVAILABLE',
    'Spotify answered 502. Nothing was written; try again.',
  );

  test('is not known where it was not asked, and why', () => {
    for (const [spotify, why] of [
      [undefined, 'Not asked: what is said above comes first.'],
      [bad(new EtlError('PLAYLIST_OVER_BUDGET', 'x')), 'Not asked: fewer calls are left'],
      [bad(new EtlError('SPOTIFY_BUDGET_SPENT', 'x')), 'Not asked: fewer calls are left'],
      [bad(new EtlError('SPOTIFY_RATE_LIMITED', 'Too fast.')), 'Not asked. Too fast.'],
    ] as const) {
      const checks = checksOf(spotify);
      expect(checks.map(({ name }) => name)).toEqual([
        ...['client secret', 'app', 'app kind', 'playlists', 'clock'],
      ]);
      for (const check of checks) expect(say(check)).toContain(`unknown: ${why}`);
    }
  });

  const NOBODY: Found<LoginState | undefined> = good(undefined);
  const STRANGER = good({ ...LOGIN, userId: undefined });
  const kept = good({ name: 'X', isReadable: false });

  test.each<[string, Change, Found<LoginState | undefined>, string]>([
    ['client secret', {}, good(LOGIN), 'ok: Not set, and not needed'],
    ['client secret', { secret: good(true) }, good(LOGIN), 'ok: Spotify accepts it.'],
    ['client secret', { secret: bad(down) }, good(LOGIN), 'unknown: Spotify did not say.'],
    ['client secret', { secret: bad(refused) }, good(LOGIN), 'warning: Not permitted. → Correct'],
    ['client secret', { secret: bad(refused) }, NOBODY, 'fault: Not permitted. → Correct'],
    [
      'client secret',
      { secret: bad(refused), token: bad(refused) },
      good(LOGIN),
      'fault: Not permitted. → Correct SPOTIFY_CLIENT_SECRET: the login was made with it.',
    ],
    ['app', { secret: bad(refused), token: bad(refused) }, good(LOGIN), 'unknown: '],
    ['app', {}, good(LOGIN), 'ok: Spotify lets it in'],
    ['app', { lists: undefined }, NOBODY, `warning: It speaks for itself`],
    ['app', { token: bad(refused), lists: undefined }, good(LOGIN), 'fault: Not permitted. → Mend'],
    ['app', { lists: bad(refused) }, good(LOGIN), 'fault: Not permitted. → Mend'],
    ['app', { lists: bad(down) }, good(LOGIN), 'fault: Spotify answered 502. → Check the network'],
    ['app', { token: bad(new EtlError('REAUTH_REQUIRED', 'x')) }, good(LOGIN), 'unknown: '],
    ['app', { lists: bad(new EtlError('SCOPE_MISSING', 'x')) }, good(LOGIN), 'unknown: '],
    ['app kind', {}, good(LOGIN), 'ok: C:'],
    ['app kind', { appKind: 'A or B' }, good(LOGIN), 'ok: A or B:'],
    ['app kind', { appKind: undefined }, good(LOGIN), 'unknown: Not known yet'],
    ['playlists', { lists: bad(down) }, good(LOGIN), 'unknown: Not asked'],
    ['own playlists', {}, good(LOGIN), 'ok: Readable, and those shared with the user too (Mine'],
    ['own playlists', { own: undefined }, good(LOGIN), "unknown: 301 in the user's library; none"],
    ['own playlists', { own: bad(down) }, good(LOGIN), 'fault: Spotify answered 502. →'],
    [
      'own playlists',
      { own: kept },
      good(LOGIN),
      `fault: Spotify keeps the items of X back. → Log`,
    ],
    ['own playlists', { own: kept }, STRANGER, 'unknown: Spotify keeps the items of X back; wheth'],
    ["others' playlists", {}, good(LOGIN), 'ok: Kept back'],
    [
      "others' playlists",
      { foreign: good({ name: 'X', isReadable: true }) },
      good(LOGIN),
      'ok: Readable (X was tried).',
    ],
    ["others' playlists", { foreign: undefined }, good(LOGIN), 'unknown: None of the first 50'],
    ["others' playlists", { foreign: bad(down) }, good(LOGIN), 'unknown: Spotify answered 502.'],
    ["others' playlists", {}, STRANGER, 'unknown: Which they are'],
  ])('%s of %j', (...[name, but, login, words]) => {
    expect(sayOf(checksOf(findings(but), login), name)).toContain(words);
  });

  test.each([
    [undefined, 'unknown: Spotify told no time.'],
    [29_999, "ok: Right to within half a minute of Spotify's."],
    [30_000, "warning: 30 s ahead of Spotify's. → Set it"],
    [-299_999, "warning: 300 s behind Spotify's."],
    [300_000, "fault: 300 s ahead of Spotify's: AWS refuses"],
  ])('the clock that is %p ms ahead', (clockSkewMs, words) => {
    expect(say(clockCheck({ clockSkewMs }))).toContain(words);
  });

  test.each<[EtlError, string]>([
    [new EtlError('REAUTH_REQUIRED', 'A.'), `Run ${LOG_IN}`],
    [new EtlError('SCOPE_MISSING', 'A.'), `Run ${LOG_IN}`],
    [new EtlError('APP_NOT_PERMITTED', 'A.'), 'https://developer.spotify.com/dashboard'],
    [new EtlError('SPOTIFY_UNAVAILABLE', 'A. B.'), 'Check the network'],
    [new EtlError('SPOTIFY_RESPONSE_INVALID', 'A.'), 'Run this again'],
  ])('%p has its fix', (error, fix) => {
    expect(describeRefusal(error, LOG_IN)).toEqual({
      message: 'A.',
      fix: expect.stringContaining(fix),
    });
  });
});

describe('the quota', () => {
  const usage = (left: number | undefined, calls = 0) => ({
    usage: good({ calls, left, cooldown: undefined }),
    cleared: undefined,
  });
  const cooling = (reason: string) => ({
    usage: good({ calls: 0, left: 9, cooldown: { until: Date.UTC(2026, 10, 21), reason } }),
    cleared: undefined,
  });
  const unread = { usage: bad('x'), cleared: undefined };
  const cleared = good({ until: Date.UTC(2026, 10, 21), reason: 'quota' });

  test.each<[Pick<Examination, 'cleared' | 'usage'>, string, string]>([
    [unread, 'quota', 'unknown: The state table cannot be read'],
    [unread, 'cooldown', 'unknown: The state table cannot be read'],
    [usage(undefined), 'quota', 'ok: 0 calls in the last 24 hours; no budget is set.'],
    [usage(5, 1), 'quota', 'ok: 1 call in the last 24 hours, 5 left for loads.'],
    [usage(0, 9), 'quota', 'fault: 9 calls in the last 24 hours, none left'],
    [usage(5), 'cooldown', 'ok: None.'],
    [cooling('quota'), 'cooldown', "2026-11-21T00:00:00.000Z: the day's quota is used up. → Wait:"],
    [cooling('rate-limit'), 'cooldown', 'calls came too fast. → Wait:'],
    [cooling('quota'), 'cooldown', `If Spotify asked by mistake, run ${CLEAR}`],
    [{ ...usage(5), cleared }, 'cooldown', 'ok: Cleared; it would have lasted until 2026-11-21T00'],
    [{ ...usage(5), cleared: good(undefined) }, 'cooldown', 'ok: None.'],
    [{ ...cooling('quota'), cleared: bad(new Error('No.')) }, 'cooldown', 'not be cleared: No. →'],
  ])('%j: %s', (examined, name, words) => {
    expect(sayOf(quotaChecks(examined, CLEAR), name)).toContain(words);
  });
});

describe('the tables', () => {
  const missing = Object.assign(new Error('x'), { name: 'ResourceNotFoundException' });
  const where = { stage: 'dev', dynamodb: { region: 'eu-west-1' } };
  const check = (...tables: Found<true>[]): string =>
    say(tableCheck({ tables: new Map(tables.map((table, index) => [`t${index}`, table])) }, where));

  test('all, some or none', () => {
    expect(check(good(true), good(true))).toBe('ok: All 2 of stage dev are there.');
    expect(check(good(true), bad(missing))).toMatch(
      /^fault: 1 of 2 cannot be used: t1\. → There are no tables of stage dev at eu-west-1/,
    );
    expect(check(bad(missing), bad(missing))).toMatch(/^fault: None of the 2 can be used\. →/);
  });
});

describe('whatever is found', () => {
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
      .map(([code, cause]) => new EtlError(code, 'A reason.', { cause })),
    causes.map((cause) => new Error('Something else.', { cause })),
    fc.constant(undefined),
  );
  const found = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Found<Value>> =>
    fc.oneof(values.map(good), errors.map(bad));
  const optional = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
    fc.option(values, { nil: undefined });
  const tried = fc.record({ name: fc.string({ unit: 'binary' }), isReadable: fc.boolean() });
  const cooldowns = optional(fc.record({ until: fc.nat(), reason: fc.string() }));
  const examinations: fc.Arbitrary<Examination> = fc.record({
    clientId: fc.constant('app'),
    login: found(
      optional(
        fc.record({
          place: fc.string(),
          clientId: fc.constantFrom('app', 'other'),
          userId: optional(fc.string()),
          daysLeft: optional(fc.nat(200)),
          scopes: fc.subarray(LOGIN.scopes as string[]),
          refusedAt: optional(fc.constant('2026-11-20')),
          isBare: fc.boolean(),
        }),
      ),
    ),
    usage: found(
      fc.record({
        calls: fc.nat(),
        left: optional(fc.nat()),
        cooldown: cooldowns,
      }),
    ),
    cleared: optional(found(cooldowns)),
    tables: fc
      .array(fc.tuple(fc.string(), found(fc.constant(true as const))))
      .map((tables) => new Map(tables)),
    spotify: optional(
      found(
        fc.record(
          {
            token: found(fc.constant(true as const)),
            secret: found(fc.constant(true as const)),
            lists: found(fc.nat()),
            own: found(tried),
            foreign: found(tried),
            appKind: fc.constantFrom('A or B', 'C', undefined),
            clockSkewMs: fc.integer(),
          },
          { requiredKeys: ['token'] },
        ) as fc.Arbitrary<Findings>,
      ),
    ),
    spotify_requests: fc.nat(5),
  });

  test('it is told, with a fix where one is needed, and no cause is quoted', () => {
    fc.assert(
      fc.property(
        examinations,
        optional(fc.nat(200)),
        fc.record({ isSimulated: fc.boolean(), unusedFile: optional(fc.constant('a.json')) }),
        (examination, columns, at) => {
          const checks = [
            ...loginChecks(examination, { ...AT, ...at }),
            ...quotaChecks(examination, CLEAR),
            ...spotifyChecks(examination, LOG_IN),
            tableCheck(examination, { stage: 'dev', dynamodb: {} }),
          ];
          const lines = checkLines(checks, columns);
          const text = [...lines, verdictLine(checks, 5), checksJson(checks, 5)].join('\n');

          expect(text).not.toContain('canary');
          expect(lines.join('')).not.toMatch(/\p{Cc}/u);
          expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
          for (const { fix, status } of checks) {
            expect(fix !== undefined).toBe(status === 'fault' || status === 'warning');
          }
        },
      ),
    );
  });

  test.each(ERROR_CODES)('%s has words', (code) => {
    expect(describeRefusal(new EtlError(code, 'A.'), LOG_IN)).toEqual({
      message: 'A.',
      fix: expect.stringMatching(/^\S.*\.$/) as unknown,
    });
  });
});
