/** Errors of a login, with advice. */
import { EtlError } from '../../etl/errors.ts';
import { messageOf } from '../../lib/usage-error.ts';
import { describeAws } from '../shared/failures.ts';

/** A failed login. Nothing was stored; an earlier login is kept. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
  /** What to do, in whole sentences. */
  readonly fix: string;

  constructor(what: string, fix: string) {
    super(what);
    this.fix = fix;
  }
}

export const DASHBOARD = 'https://developer.spotify.com/dashboard';

/** The address to register: Spotify accepts it with any port. */
export const REGISTERED_URI = 'http://127.0.0.1/callback';

/** By the refusing endpoint and OAuth's error code. */
const REFUSALS: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  'page access_denied': [
    "You chose Cancel on Spotify's page.",
    'Nothing was stored. Run the login again and choose Agree.',
  ],
  'token invalid_client': [
    'Spotify has no app with this client ID.',
    `Copy the Client ID from the app's page at ${DASHBOARD} into SPOTIFY_CLIENT_ID or --client-id.`,
  ],
  'secret invalid_client': [
    'Spotify does not accept this client ID with this client secret.',
    `Nothing was stored. Compare SPOTIFY_CLIENT_ID and SPOTIFY_CLIENT_SECRET with the app's page at ${DASHBOARD}.`,
  ],
  'token invalid_grant': [
    'Spotify does not accept the code of this login: it was used before, or is older than ten minutes.',
    'Nothing was stored. Run the login again. A code is good for one login only.',
  ],
};

/** Refused by Spotify's page or by the token endpoint, there perhaps for the secret. `word` is OAuth's error code, such as `server_error`. */
export function refused(where: 'page' | 'token' | 'secret', word: string): LoginError {
  const known = REFUSALS[`${where} ${word}`];
  if (known !== undefined) return new LoginError(...known);
  const shown = /^[a-z_]{1,40}$/.test(word) ? ` (${word})` : '';
  return new LoginError(
    `Spotify refused the login${shown}.`,
    `Nothing was stored. Run the login again. If it stays so, look at the app's page at ${DASHBOARD}.`,
  );
}

export function unreachable(origin: string): LoginError {
  return new LoginError(
    `Spotify (${origin}) could not be reached, or gave a wrong answer.`,
    'Nothing was stored. Check the network, and run the login again in a minute.',
  );
}

/** `what` answered in Spotify's place. */
export function intercepted(origin: string, what: string): LoginError {
  return new LoginError(
    `Something between this machine and Spotify (${origin}) answered in Spotify's place, with ${what}.`,
    'Nothing was stored. A Wi-Fi login page, a proxy or a firewall can cause this: get past it, and run the login again.',
  );
}

/** What went wrong and what to do, for people: sentences shown together. */
export function describeFailure(error: unknown): string[] {
  if (error instanceof LoginError) return [error.message, error.fix];
  const words = describeAws(error, { without: '--store file' });
  if (words !== undefined) return [words.message, words.fix];
  return error instanceof EtlError && error.code === 'APP_NOT_PERMITTED'
    ? [error.message, 'Nothing was stored. Run the login again once that is done.']
    : [messageOf(error)];
}

/** The same for the browser. An unexpected error may quote secrets, so only the terminal shows it. */
export function describeFailureInBrowser(error: unknown): string[] {
  return error instanceof LoginError || error instanceof EtlError
    ? describeFailure(error)
    : ['An unexpected error happened.'];
}
