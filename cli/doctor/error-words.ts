/** Errors of the project, in the words of a report: what was found, and apart from it what to do. */
import { EtlError } from '../../etl/errors.ts';

type Words = { readonly message: string; readonly fix: string };

/** `logIn` is the command that makes a new login. */
export function describeRefusal(error: unknown, logIn: string): Words {
  const message = messageOf(error);
  switch (codeOf(error) ?? '') {
    case 'REAUTH_REQUIRED':
    case 'SCOPE_MISSING':
      return { message, fix: `Run ${logIn} and agree to all.` };
    case 'APP_NOT_PERMITTED':
      return {
        message,
        fix: 'Mend that (https://developer.spotify.com/dashboard shows the app), then run this again.',
      };
    case 'SPOTIFY_UNAVAILABLE':
      // The rest is about a run that wrote nothing.
      return {
        message: `${message.split('. ', 1).join('').replace(/\.$/, '')}.`,
        fix: 'Check the network, and try again in a few minutes.',
      };
    default:
      return { message, fix: 'Run this again in a minute; if it stays so, please report it.' };
  }
}

/** Whether the same question can have another answer later although nobody changes anything. */
export function isRetryable(error: unknown): boolean {
  return error instanceof EtlError && error.isRetryable;
}

/** Of an error of the project; undefined for any other. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof EtlError ? error.code : undefined;
}

/** The message alone: a cause may quote anything. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
