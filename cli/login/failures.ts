import { EtlError } from '../../etl/errors.ts';
import { messageOf } from '../../lib/usage-error.ts';
import { describeAws } from '../shared/failures.ts';
import { LoginError } from './login-error.ts';

/** What went wrong and what to do, for people: sentences to be told together. */
export function describeFailure(error: unknown): string[] {
  if (error instanceof LoginError) return [error.message, error.fix];
  const words = describeAws(error, { without: '--store file' });
  if (words !== undefined) return [words.message, words.fix];
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
