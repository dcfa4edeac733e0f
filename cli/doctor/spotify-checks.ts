import type { Examination } from '../../app/examine.ts';
import type { SpotifyFindings, TriedList } from '../../app/examine-spotify.ts';
import { EtlError } from '../../etl/errors.ts';
import type { Result } from '../../lib/result.ts';
import { messageOf } from '../../lib/usage-error.ts';
import { codeOf, describeSpotify } from '../shared/failures.ts';
import { type Checks, fault, ok, SKIPPED, unknown, type Verdict, warning } from './check.ts';

type Examined = Pick<Examination, 'spotify' | 'login'>;
/** What the checks need besides Spotify's answers. */
type User = {
  readonly logIn: string;
  readonly isLoggedIn: boolean;
  readonly isKnown: boolean;
};

/** Checks of the app at Spotify: its secret, its owner and users, its kind, and the playlists it can read. */
export function spotifyChecks({ spotify, login }: Examined, logIn: string): Checks {
  if (spotify?.ok !== true) {
    const why = spotify === undefined ? SKIPPED : whySkipped(spotify);
    const names = ['client secret', 'app', 'app kind', 'playlists', 'clock'];
    return Object.fromEntries(names.map((name) => [name, why]));
  }
  const findings = spotify.value;
  const { lists, others, own } = findings;
  const state = login.ok ? login.value : undefined;
  const user = { logIn, isLoggedIn: state !== undefined, isKnown: state?.user_id !== undefined };
  return {
    'client secret': judgeSecret(findings, user),
    app: judgeApp(findings, user),
    'app kind': judgeKind(findings),
    ...(lists?.ok === true
      ? {
          'own playlists': judgeOwn(own, lists.value, user),
          "others' playlists": judgeOthers(others, user),
        }
      : { playlists: SKIPPED }),
    clock: judgeClock(findings),
  };
}

/** The budget's own messages are about playlists and runs. */
function whySkipped(refused: { readonly ok: false; readonly error: unknown }): Verdict {
  return codeOf(refused)?.includes('BUDGET') === true
    ? unknown('Skipped: the budget has too few calls left.')
    : unknown(`Skipped. ${messageOf(refused.error)}`);
}

function judgeSecret({ secret, token }: SpotifyFindings, { isLoggedIn }: User): Verdict {
  if (secret === undefined) return ok('Not set, and not needed: the login works without it.');
  if (secret.ok) return ok('Spotify accepts it.');
  if (secret.error instanceof EtlError && secret.error.isRetryable) {
    return unknown('Spotify did not say.');
  }
  const message = messageOf(secret.error);
  if (!isLoggedIn) return fault(message, 'Correct SPOTIFY_CLIENT_SECRET, or log in.');
  return token.ok
    ? warning(message, 'Correct SPOTIFY_CLIENT_SECRET, or unset it.')
    : fault(message, 'Correct SPOTIFY_CLIENT_SECRET: the login was made with it.');
}

/** Whether the checks of the login, its scopes or the secret report the same error. */
function isReported(failed: Result<unknown>, { secret }: SpotifyFindings): boolean {
  const code = codeOf(failed);
  return (
    code === 'REAUTH_REQUIRED' ||
    code === 'SCOPE_MISSING' ||
    (code === 'APP_NOT_PERMITTED' && codeOf(secret) === code)
  );
}

/** The first call that Spotify answers shows that the owner has Premium and the account is on the list of users. */
function judgeApp(findings: SpotifyFindings, { logIn }: User): Verdict {
  const failed = [findings.token, findings.lists].find((one) => one?.ok === false);
  if (failed?.ok === false) {
    if (isReported(failed, findings)) return SKIPPED;
    return judgeRefusal(failed.error, logIn);
  }
  return findings.lists === undefined
    ? warning(
        "Spotify accepts it without a user, which tests neither the owner's Premium nor the list of users.",
        `Log in: ${logIn}`,
      )
    : ok("Spotify accepts it: the owner's Premium and the list of users are in order.");
}

function judgeKind({ appKind }: SpotifyFindings): Verdict {
  if (appKind === undefined) {
    return unknown('Not known yet: no playlist with items was seen.');
  }
  return appKind === 'C'
    ? ok('C: development mode as it is since February 2026.')
    : ok('A or B: extended quota, or development mode from before February 2026.');
}

function judgeOwn(
  own: Result<TriedList> | undefined,
  lists: number,
  { isKnown, logIn }: User,
): Verdict {
  const count = `${lists} in the user's library`;
  if (own === undefined) return unknown(`${count}; none of the first 50 is the user's own.`);
  if (!own.ok) return judgeRefusal(own.error, logIn);
  const list = own.value.name;
  if (own.value.isReadable) {
    return ok(`Readable, and those shared with the user too (${list} was tried; ${count}).`);
  }
  const withheld = `Spotify does not serve the items of ${list}`;
  return isKnown
    ? fault(`${withheld}.`, `Log in as the account that owns it: ${logIn}`)
    : unknown(`${withheld}; whether it is the user's own is not known without a login.`);
}

function judgeOthers(others: Result<TriedList> | undefined, { isKnown }: User): Verdict {
  if (!isKnown) return unknown('Unknown without a login.');
  if (others === undefined) return unknown("None of the first 50 is somebody else's.");
  if (!others.ok) return unknown(messageOf(others.error));
  return others.value.isReadable
    ? ok(`Readable (${others.value.name} was tried).`)
    : ok('Not readable for new apps: copy one into a list of your own to load it.');
}

function judgeRefusal(error: unknown, logIn: string): Verdict {
  const { fix, message } = describeSpotify(error, logIn);
  return fault(message, fix);
}

const CLOCK_WARN_MS = 30_000;
/** AWS refuses signatures with a larger difference. */
const CLOCK_FAULT_MS = 300_000;

/** Compares this machine's clock with Spotify's. */
export function judgeClock({ clockSkewMs }: Pick<SpotifyFindings, 'clockSkewMs'>): Verdict {
  if (clockSkewMs === undefined) return unknown('Spotify sent no time.');
  const offMs = Math.abs(clockSkewMs);
  const off = `${Math.round(offMs / 1000)} s ${clockSkewMs > 0 ? 'ahead of' : 'behind'} Spotify's`;
  if (offMs < CLOCK_WARN_MS) return ok("Within half a minute of Spotify's.");
  const fix = 'Set it with a time server (NTP).';
  return offMs < CLOCK_FAULT_MS
    ? warning(`${off}.`, fix)
    : fault(`${off}: AWS refuses signatures, and waits are wrong.`, fix);
}
