import { EtlError } from '../../etl/errors.ts';
import type { Examination, LoginState } from '../../etl/model/examination.ts';
import { NEEDED_SCOPES } from '../login/scopes.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';

const WARN_DAYS = 30;

/** The login and its scopes. `logIn` is the command that mends them. */
export function loginChecks(
  { clientId, login }: Pick<Examination, 'clientId' | 'login'>,
  logIn: string,
): Check[] {
  if (!login.ok) {
    return [fault('login', messageOf(login.error), `Mend what it says, or log in anew: ${logIn}`)];
  }
  if (login.value === undefined) {
    return [
      fault('login', 'Nobody has logged in, so no playlist of a user can be read.', `Run ${logIn}`),
    ];
  }
  return [loginCheck(login.value, clientId, logIn), scopesCheck(login.value, logIn)];
}

function loginCheck(login: LoginState, clientId: string, logIn: string): Check {
  const { daysLeft, place, refusedAt } = login;
  if (login.clientId !== clientId) {
    return fault(
      'login',
      `The login in ${place} was given to another app than SPOTIFY_CLIENT_ID names.`,
      `Set the client ID it was made with, or run ${logIn}`,
    );
  }
  if (refusedAt !== undefined) {
    return fault('login', `Spotify has refused it since ${refusedAt}.`, `Run ${logIn}`);
  }
  if (daysLeft === undefined) {
    return warning(
      'login',
      'It is a refresh token given outright: nobody knows when it ends.',
      `Log in, and the days left are counted: unset SPOTIFY_REFRESH_TOKEN and run ${logIn}`,
    );
  }
  const message = `${who(login)}, in ${place}, ${daysLeft} day${daysLeft === 1 ? '' : 's'} left.`;
  return daysLeft <= WARN_DAYS
    ? warning('login', message, `Run ${logIn} before it ends.`)
    : ok('login', message);
}

function scopesCheck({ isBare, scopes }: LoginState, logIn: string): Check {
  if (isBare)
    return unknown('scopes', 'Of a refresh token given outright only Spotify knows them.');
  const missing = NEEDED_SCOPES.filter((scope) => !scopes.includes(scope));
  return missing.length === 0
    ? ok('scopes', `${scopes.join(', ')}.`)
    : fault('scopes', `${missing.join(', ')} missing.`, `Run ${logIn} and agree to all.`);
}

function who({ userId }: LoginState): string {
  return userId === undefined ? 'Logged in' : `Logged in as ${userId}`;
}

function messageOf(error: unknown): string {
  return error instanceof EtlError || error instanceof Error ? error.message : String(error);
}
