/** What is wrong with a login. Except for LoginBusyError a person must act, and Spotify is not called before. */
import { EtlError } from '../../etl/errors.ts';

const LOG_IN =
  'run npx spotify-etl login (with --store aws for a deployed service), or set a new SPOTIFY_REFRESH_TOKEN if you use that';

const REASONS = {
  refused: `Spotify no longer accepts the login: it is older than six months, or was revoked. Log in again: ${LOG_IN}.`,
  'other app': `The login belongs to another app than SPOTIFY_CLIENT_ID names. Set the client ID it was made with, or log in again: ${LOG_IN}.`,
  nobody:
    'Nobody has logged in yet: run npx spotify-etl login (with --store aws for a deployed service).',
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
