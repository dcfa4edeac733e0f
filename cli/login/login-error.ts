/** What can go wrong between a person and Spotify, each with its own words and what to do about it. */

import { MAX_BODY_MB } from '../../lib/bounded-body.ts';

/** A login that came to nothing. Nothing was stored; what was stored before still is. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
  /** What to do, in whole sentences. */
  readonly fix: string;

  constructor(what: string, fix: string) {
    super(what);
    this.fix = fix;
  }
}

const DASHBOARD = 'https://developer.spotify.com/dashboard';
const AGAIN = 'Run the login again.';

/** The address to register: Spotify takes it with any port. */
export const REGISTERED_URI = 'http://127.0.0.1/callback';

export function wrongClientId(): LoginError {
  return new LoginError(
    'Spotify knows no app with this client ID.',
    `Copy the Client ID from the app's page at ${DASHBOARD} into SPOTIFY_CLIENT_ID or --client-id.`,
  );
}

export function unregisteredRedirect(redirectUri: string): LoginError {
  return new LoginError(
    `The app does not have ${redirectUri} among its redirect URIs.`,
    `Open the app at ${DASHBOARD}, choose Settings, Edit, and add ${REGISTERED_URI} (without a port: then every port will do) under Redirect URIs. Save, and run the login again.`,
  );
}

export function strayAnswer(): LoginError {
  return new LoginError(
    'This answer belongs to another login attempt.',
    'Open the address that is printed above, and paste where that one ends.',
  );
}

export function consentDenied(): LoginError {
  return new LoginError(
    "You chose Cancel on Spotify's page.",
    'Nothing was stored. Run the login again and choose Agree.',
  );
}

export function usedCode(): LoginError {
  return new LoginError(
    'Spotify does not accept the code of this login: it was used before, or is older than ten minutes.',
    `Nothing was stored. ${AGAIN} A code is good for one login only.`,
  );
}

/** `word` is OAuth's own, such as `server_error`. */
export function refusedBySpotify(word: string): LoginError {
  const shown = /^[a-z_]{1,40}$/.test(word) ? ` (${word})` : '';
  return new LoginError(
    `Spotify refused the login${shown}.`,
    `Nothing was stored. ${AGAIN} If it stays so, look at the app's page at ${DASHBOARD}.`,
  );
}

export function unreachable(origin: string): LoginError {
  return new LoginError(
    `Spotify (${origin}) could not be reached, or did not answer as it should.`,
    `Nothing was stored. Check the network, and run the login again in a minute.`,
  );
}

export function answerTooLarge(origin: string): LoginError {
  return new LoginError(
    `The answer from ${origin} was larger than ${MAX_BODY_MB} MB, so reading stopped. Spotify sends less than 1 MB.`,
    `Nothing was stored. Something in between may have answered: check the network. ${AGAIN}`,
  );
}

export function missingScopes(scopes: readonly string[]): LoginError {
  return new LoginError(
    `Spotify did not grant what reading playlists needs: ${scopes.join(', ')}.`,
    `Nothing was stored. Run the login again and agree to all it asks for.`,
  );
}

export function portTaken(port: number): LoginError {
  return new LoginError(
    `Port ${port} is in use by another program.`,
    'Stop that program, name another one with --port, or leave --port out: then any free one will do.',
  );
}

export function portRefused(port: number): LoginError {
  return new LoginError(
    `This user may not listen on port ${port}.`,
    'Name one from 1024 up with --port, or leave --port out.',
  );
}

export function timedOut(seconds: number): LoginError {
  return new LoginError(
    `No answer came back within ${toDuration(seconds)}.`,
    `${AGAIN} Where no browser on this machine can be used, add --paste.`,
  );
}

export function nothingPasted(): LoginError {
  return new LoginError(
    'No address was pasted.',
    `${AGAIN} Open the address it prints, agree, and paste the address the browser ends on.`,
  );
}

export function notTheAddress(why: string): LoginError {
  return new LoginError(
    `That is not the address the browser ends on: ${why}.`,
    `After you agree, the browser shows an address that begins with http://127.0.0.1 and holds code=. Copy the whole of it, even if the page says that it cannot be reached.`,
  );
}

function toDuration(seconds: number): string {
  const [count, unit] = seconds % 60 === 0 ? [seconds / 60, 'minute'] : [seconds, 'second'];
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
