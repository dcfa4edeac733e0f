import { sha256, toLoginText } from './login-text.ts';
import type { Login, StoredLogin, TokenStore } from './token-store.ts';

/** A refresh token and the app it was given to. */
type GivenToken = { readonly refreshToken: string; readonly clientId: string };

/**
 * Keeps a login in memory: that of a refresh token which was given outright. One that Spotify puts in its place is forgotten
 * with the process. Begins empty without one: nobody has logged in.
 */
export function createFixedTokenStore(given?: GivenToken): TokenStore {
  let stored = given && toStored(toLogin(given), undefined);
  return {
    place: 'SPOTIFY_REFRESH_TOKEN',
    find: () => Promise.resolve(stored && structuredClone(stored)),
    put: (next, replaces) => {
      const candidate = toStored(next, replaces);
      if (stored?.version !== candidate.version) {
        if (stored?.version !== replaces) return Promise.resolve(undefined);
        stored = candidate;
      }
      return Promise.resolve(candidate.version);
    },
    remove: () => {
      stored = undefined;
      return Promise.resolve();
    },
  };
}

function toLogin({ refreshToken, clientId }: GivenToken): Login {
  return { refresh_token: refreshToken, client_id: clientId, scopes: [], needs_secret: true };
}

/** The version is a hash that names the one before, so that none comes twice. */
function toStored(login: Login, replaces: string | undefined): StoredLogin {
  return {
    login: structuredClone(login),
    version: sha256(`${replaces ?? ''}\n${toLoginText(login)}`),
  };
}
