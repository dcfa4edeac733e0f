/** Nothing else in what Spotify says is so long without a blank. */
const SPOTIFY_LENGTH = 20;
/** Session tokens of AWS are hundreds of characters; names of roles and tables in its messages are not. */
const AWS_LENGTH = 100;
const MASK = '…';

/**
 * Somebody else's words without what may be a secret of ours that they repeat, also encoded or cut: long runs of the characters
 * tokens are made of. Words, and names of scopes, have neither digits nor capitals and stay.
 */
function createMask(length: number): (text: string) => string {
  const run = new RegExp(`[\\w+/=%~.-]{${length},}`, 'g');
  return (text) => text.replace(run, (found) => (/[\dA-Z]/.test(found) ? MASK : found));
}

/** For what Spotify says of a request. */
export const maskSpotifySecrets = createMask(SPOTIFY_LENGTH);

const maskAwsSecrets = createMask(AWS_LENGTH);

/**
 * The same error of the AWS SDK, fit for a log: of a signature that is wrong AWS quotes the headers that were signed, a session
 * token among them.
 */
export function maskAwsError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  error.message = maskAwsSecrets(error.message);
  if (error.stack !== undefined) error.stack = maskAwsSecrets(error.stack);
  return error;
}
