/** Nothing else in Spotify's texts is so long without a space. */
const SPOTIFY_LENGTH = 20;
/** AWS session tokens have hundreds of characters; names of roles and tables have fewer. */
const AWS_LENGTH = 100;
const MASK = '…';

/**
 * Masks possible secrets in another service's text, even encoded or cut ones: long runs of token characters. Words and names of
 * scopes stay, because they have no digits and no capitals.
 */
function createMask(length: number): (text: string) => string {
  const run = new RegExp(`[\\w+/=%~.-]{${length},}`, 'g');
  return (text) => text.replace(run, (found) => (/[\dA-Z]/.test(found) ? MASK : found));
}

/** For texts of Spotify. */
export const maskSpotifySecrets = createMask(SPOTIFY_LENGTH);

const maskAwsSecrets = createMask(AWS_LENGTH);

/**
 * Makes an error of the AWS SDK safe for logs: if a signature is wrong, AWS quotes the signed headers, including the session
 * token.
 */
export function maskAwsError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = maskAwsSecrets(error.message);
  if (error.stack !== undefined) error.stack = maskAwsSecrets(error.stack);
  return error;
}
