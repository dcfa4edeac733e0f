/**
 * Address and login of the simulated Spotify of `npm run local`. It is here because the simulator and the commands need it and
 * must not import each other. None of it is a secret.
 */

/** The simulator's default login. */
export const SIMULATOR_CREDENTIALS = {
  clientId: 'simulated0client0id0of0no0secrecy',
  clientSecret: 'simulated0client0secret0known0all',
  refreshToken: 'AQsimulated-refresh-token-of-the-simulated-user',
};

/** Where it listens, unless `SPOTIFY_SIMULATOR_PORT` says otherwise. */
export const SIMULATOR_PORT = 8010;

type Simulator = {
  readonly url: string;
  readonly credentials: typeof SIMULATOR_CREDENTIALS;
};

/** Variables that make a function or a command use this simulator. */
export function spotifyVariables({ url, credentials }: Simulator): Record<string, string> {
  return {
    SPOTIFY_API_URL: url,
    SPOTIFY_ACCOUNTS_URL: url,
    SPOTIFY_CLIENT_ID: credentials.clientId,
    SPOTIFY_CLIENT_SECRET: credentials.clientSecret,
    SPOTIFY_REFRESH_TOKEN: credentials.refreshToken,
    // It has no real quota.
    SPOTIFY_BURST_CALLS: '0',
    SPOTIFY_DAILY_CALLS: '0',
    SPOTIFY_PAGES_IN_FLIGHT: '2',
  };
}
