import { isNativeError } from 'node:util/types';
import { EtlError } from '../../etl/errors.ts';
import { messageOf } from '../../lib/usage-error.ts';
import { LoginError } from './login-error.ts';

/** What went wrong and what to do, for people: sentences to be told together. */
export function describeFailure(error: unknown): string[] {
  if (error instanceof LoginError) return [error.message, error.fix];
  const credentials = describeCredentials(error);
  if (credentials !== undefined) return [credentials];
  return error instanceof EtlError && error.code === 'APP_NOT_PERMITTED'
    ? [error.message, 'Nothing was stored. Run the login again once that is done.']
    : [messageOf(error)];
}

/** The same for the browser: what nobody foresaw may quote anything, and is for the terminal only. */
export function describeFailureInBrowser(error: unknown): string[] {
  return error instanceof LoginError || error instanceof EtlError
    ? describeFailure(error)
    : ['Something happened that this program did not foresee.'];
}

const REFUSED_CREDENTIALS = [
  'ExpiredTokenException',
  'InvalidSignatureException',
  'UnrecognizedClientException',
];

/** What AWS says of credentials, if that is what it is about. The store knows what AWS said, and not by which options a command line names whose credentials to use. */
export function describeCredentials(error: unknown): string | undefined {
  const cause = isNativeError(error) ? error.cause : undefined;
  if (!isNativeError(cause)) return undefined;
  if (cause.name === 'CredentialsProviderError') {
    return 'There are no AWS credentials. Name a profile with --profile, or log in (aws sso login, or AWS_ACCESS_KEY_ID and so on); --store file needs none.';
  }
  return REFUSED_CREDENTIALS.includes(cause.name)
    ? 'AWS does not accept these credentials. Log in again, or name another --profile.'
    : undefined;
}
