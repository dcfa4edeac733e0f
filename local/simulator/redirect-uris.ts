/** Plain http is for these addresses only; Spotify refuses `localhost` whatever is registered. */
const LOOPBACK = /^http:\/\/(?<host>127\.0\.0\.1|\[::1\])(?::\d+)?(?<path>\/.*)?$/;
const SECURE = /^https:\/\/(?!localhost(?:[:/]|$))/;

/**
 * Spotify: whether the browser may be sent to this address. It must be registered as it stands; only a loopback address
 * registered without a port is good with any port.
 */
export function isRegistered(redirectUri: string, registered: readonly string[]): boolean {
  // What is no address at all, such as one with a port of six digits, cannot have been registered either.
  if (!URL.canParse(redirectUri)) return false;
  const loopback = LOOPBACK.exec(redirectUri)?.groups;
  if (loopback === undefined) return SECURE.test(redirectUri) && registered.includes(redirectUri);
  const withoutPort = `http://${loopback.host}${loopback.path ?? ''}`;
  return registered.includes(redirectUri) || registered.includes(withoutPort);
}
