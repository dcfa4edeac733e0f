import type { Login, LoginSource } from './token-store.ts';

/** A refresh token and its app. */
type GivenToken = { readonly refreshToken: string; readonly clientId: string };

/** Keeps the login of a refresh token from the environment in memory; empty without one. No other process shares it. */
export function createFixedTokenStore(given?: GivenToken): LoginSource {
  let login: Login | undefined = given && {
    refresh_token: given.refreshToken,
    client_id: given.clientId,
    scopes: [],
    needs_secret: true,
  };
  return {
    place: 'SPOTIFY_REFRESH_TOKEN',
    find: () => Promise.resolve(login && { login, version: login.refresh_token }),
    hold: () =>
      Promise.resolve({
        save: (next) => {
          login = next;
          return Promise.resolve(true);
        },
        release: () => Promise.resolve(),
      }),
  };
}
