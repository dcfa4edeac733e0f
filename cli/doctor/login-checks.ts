import type { Examination, LoginState } from '../../app/examination.ts';
import { describeCredentials } from '../login/failures.ts';
import { NEEDED_SCOPES } from '../login/scopes.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';
import { codeOf, messageOf } from './error-words.ts';

/** Where the login was looked for, and what else a person may take for it. */
export type LoginPlace = {
  /** The command that makes a login there. */
  readonly logIn: string;
  /** A path, or a secret and its region. */
  readonly place: string;
  /** Whether it is that of the simulated Spotify, which needs none of its own. */
  readonly isSimulated: boolean;
  /** A login file that does not count, because the environment names another login. */
  readonly unusedFile: string | undefined;
};

type Examined = Pick<Examination, 'clientId' | 'login' | 'spotify'>;

const WARN_DAYS = 30;

/** The login and its scopes. */
export function loginChecks(examined: Examined, at: LoginPlace): Check[] {
  const { login } = examined;
  if (!login.ok) {
    const why = describeCredentials(login.error) ?? messageOf(login.error);
    return [fault('login', why, `Mend that, or log in anew: ${at.logIn}`)];
  }
  if (login.value === undefined) {
    return [
      fault('login', `Nobody has logged in: there is none in ${at.place}.`, `Run ${at.logIn}`),
    ];
  }
  return [
    loginFault(login.value, examined, at) ?? lifeCheck(login.value, at),
    scopesCheck(login.value, examined, at),
  ];
}

function loginFault(
  login: LoginState,
  { clientId, spotify }: Examined,
  { logIn, place }: LoginPlace,
): Check | undefined {
  if (login.clientId !== clientId) {
    return fault(
      'login',
      `The login in ${place} was given to another app than SPOTIFY_CLIENT_ID names.`,
      `Set the client ID it was made with, or run ${logIn}`,
    );
  }
  const isRefusedNow =
    spotify?.ok === true && codeOf(errorOf(spotify.value.token)) === 'REAUTH_REQUIRED';
  if (login.refusedAt === undefined && !isRefusedNow) return undefined;
  const since = login.refusedAt === undefined ? '' : ` since ${login.refusedAt}`;
  return fault(
    'login',
    `Spotify has refused that in ${place}${since}: it is older than six months, or was revoked.`,
    login.isBare ? `Unset SPOTIFY_REFRESH_TOKEN and run ${logIn}` : `Run ${logIn}`,
  );
}

function lifeCheck(login: LoginState, at: LoginPlace): Check {
  const { daysLeft, userId } = login;
  if (daysLeft === undefined) return bareCheck(at);
  const who = userId === undefined ? 'Logged in' : `Logged in as ${userId}`;
  const message = `${who}, in ${at.place}, ${daysLeft} day${daysLeft === 1 ? '' : 's'} left.`;
  return daysLeft <= WARN_DAYS
    ? warning('login', message, `Run ${at.logIn} before it ends.`)
    : ok('login', message);
}

function bareCheck({ isSimulated, logIn, unusedFile }: LoginPlace): Check {
  if (isSimulated) return ok('login', 'That of the simulated Spotify, which does not end.');
  return unusedFile === undefined
    ? warning(
        'login',
        'The token in SPOTIFY_REFRESH_TOKEN counts. Nobody knows when it ends.',
        `Unset SPOTIFY_REFRESH_TOKEN and run ${logIn}: the days left are then counted.`,
      )
    : warning(
        'login',
        `The token in SPOTIFY_REFRESH_TOKEN counts, not the login in ${unusedFile}. Nobody knows when it ends.`,
        'Unset SPOTIFY_REFRESH_TOKEN, and the login of the file counts.',
      );
}

function scopesCheck(login: LoginState, { spotify }: Examined, { logIn }: LoginPlace): Check {
  const fix = `Run ${logIn} and agree to all.`;
  const missing = NEEDED_SCOPES.filter((scope) => !login.scopes.includes(scope));
  if (!login.isBare && missing.length > 0)
    return fault('scopes', `${missing.join(', ')} missing.`, fix);
  if (spotify?.ok === true && codeOf(errorOf(spotify.value.lists)) === 'SCOPE_MISSING') {
    return fault('scopes', 'Spotify says that the login lacks one that reading needs.', fix);
  }
  return login.isBare
    ? unknown('scopes', 'Of a refresh token given outright only Spotify knows them.')
    : ok('scopes', `${login.scopes.join(', ')}.`);
}

function errorOf(found: { readonly ok: boolean; readonly error?: unknown } | undefined): unknown {
  return found?.error;
}
