import type { Examination } from '../../app/examine.ts';
import type { LoginState } from '../../app/login.ts';
import { messageOf } from '../../lib/usage-error.ts';
import { LIKED_SONGS_SCOPE, LISTENING_SCOPE, NEEDED_SCOPES, SYNC_SCOPES } from '../login/scopes.ts';
import { codeOf, describeAws } from '../shared/failures.ts';
import { quantity } from '../shared/terminal.ts';
import { type Checks, fault, ok, unknown, type Verdict, warning } from './check.ts';
import type { LoginPlace } from './login-place.ts';

type Examined = Pick<Examination, 'clientId' | 'login' | 'spotify'>;

const WARN_DAYS = 30;

/** The login and, if there is one, its scopes. */
export function loginChecks(examined: Examined, at: LoginPlace): Checks {
  const { login } = examined;
  if (!login.ok) {
    const words = describeAws(login.error, { without: '--store file' });
    const why = words === undefined ? messageOf(login.error) : `${words.message} ${words.fix}`;
    return { login: fault(why, `Fix that, or log in again: ${at.logIn}`) };
  }
  const { value } = login;
  if (value === undefined) {
    const none = `Nobody has logged in: there is no login in ${at.place}.`;
    return { login: fault(none, `Run ${at.logIn}`) };
  }
  return {
    login: findFault(value, examined, at) ?? judgeLife(value, at),
    scopes: judgeScopes(value, examined, at),
  };
}

function findFault(
  login: LoginState,
  { clientId, spotify }: Examined,
  { logIn, place }: LoginPlace,
): Verdict | undefined {
  if (login.client_id !== clientId) {
    return fault(
      `The login in ${place} was made with another app than SPOTIFY_CLIENT_ID names.`,
      `Set the client ID it was made with, or run ${logIn}`,
    );
  }
  const isRefusedNow = spotify?.ok === true && codeOf(spotify.value.token) === 'REAUTH_REQUIRED';
  if (login.refused_at === undefined && !isRefusedNow) return undefined;
  const since = login.refused_at === undefined ? '' : ` since ${login.refused_at}`;
  return fault(
    `Spotify has refused the login in ${place}${since}: it is older than six months, or was revoked.`,
    login.daysLeft === undefined ? `Unset SPOTIFY_REFRESH_TOKEN and run ${logIn}` : `Run ${logIn}`,
  );
}

function judgeLife({ daysLeft, user_id: userId }: LoginState, at: LoginPlace): Verdict {
  if (daysLeft === undefined) return judgeRawToken(at);
  const who = userId === undefined ? 'Logged in' : `Logged in as ${userId}`;
  const message = `${who}, in ${at.place}, ${quantity(daysLeft, 'day')} left.`;
  return daysLeft <= WARN_DAYS ? warning(message, `Run ${at.logIn} before it ends.`) : ok(message);
}

function judgeRawToken({ isSimulated = false, logIn, unusedFile }: LoginPlace): Verdict {
  if (isSimulated) return ok('The login of the simulated Spotify, which does not end.');
  const ignored = unusedFile === undefined ? '' : `, not the login in ${unusedFile}`;
  return warning(
    `The token in SPOTIFY_REFRESH_TOKEN is used${ignored}. Nobody knows when it ends.`,
    unusedFile === undefined
      ? `Unset SPOTIFY_REFRESH_TOKEN and run ${logIn}: the days left are then counted.`
      : 'Unset SPOTIFY_REFRESH_TOKEN to use the login in the file.',
  );
}

function judgeScopes(login: LoginState, { spotify }: Examined, { logIn }: LoginPlace): Verdict {
  const fix = `Run ${logIn} and agree to all.`;
  const isRaw = login.daysLeft === undefined;
  const missing = NEEDED_SCOPES.filter((scope) => !login.scopes.includes(scope));
  if (!isRaw && missing.length > 0) {
    return fault(`${missing.join(', ')} missing.`, fix);
  }
  if (spotify?.ok === true && codeOf(spotify.value.lists) === 'SCOPE_MISSING') {
    return fault('Spotify says that the login lacks a scope that reading needs.', fix);
  }
  if (isRaw) return unknown('Unknown: SPOTIFY_REFRESH_TOKEN does not say which scopes it has.');
  const wishes = [
    [[LIKED_SONGS_SCOPE], 'To read Liked Songs too', logIn],
    [[LISTENING_SCOPE], 'For the listening history', `${logIn} --for listening`],
    [SYNC_SCOPES, 'To sync playlists', `${logIn} --for sync`],
  ] as const;
  const hints = wishes.flatMap(([scopes, why, command]) => {
    const lacking = scopes.filter((scope) => !login.scopes.includes(scope));
    return lacking.length === 0 ? [] : [`${why} (${lacking.join(', ')}), run ${command}`];
  });
  return ok([login.scopes.join(', '), ...hints].join('. ') + (hints.length === 0 ? '.' : ''));
}
