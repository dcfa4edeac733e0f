/** What is wrong with a login. Except for LoginBusyError a person must act, and Spotify is not called before. */
import { EtlError } from '../../etl/errors.ts';

const LOG_IN =
  'run npx spotify-etl login (with --store aws where the service is deployed), or set a new SPOTIFY_REFRESH_TOKEN where one is given outright';

const REASONS = {
  refused: `Spotify no longer accepts the login: it is older than six months, or was revoked. Log in again: ${LOG_IN}.`,
  'other app': `The login was given to another app than SPOTIFY_CLIENT_ID names, and is worth nothing to this one. Set the client ID it was made with, or log in again: ${LOG_IN}.`,
  nobody:
    'Nobody has logged in yet: run npx spotify-etl login (with --store aws where the service is deployed).',
};

export function reauthRequired(reason: keyof typeof REASONS): EtlError {
  return new EtlError('REAUTH_REQUIRED', REASONS[reason]);
}

/** The login must be read again. Thrown to a caller only if that goes on for too long. */
export class LoginBusyError extends EtlError {
  constructor() {
    super(
      'TOKEN_STORE_UNAVAILABLE',
      'Other processes kept refreshing or replacing the login. Try again in a minute.',
      { retryAfterSeconds: 60 },
    );
  }
}
